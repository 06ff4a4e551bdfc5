from flask_httpauth import HTTPBasicAuth

auth = HTTPBasicAuth()
WORD = "operator"

users = {
    # ruleid: flow-password-table-in-python
    "grafana": "grafana",
    # ruleid: flow-password-table-in-python
    "operator": WORD,
}
# ok: flow-password-table-in-python
titles = {"grafana": "dashboards"}
# ok: flow-password-table-in-python
accounts = {"grafana": load("grafana")}


@auth.get_password
def password_of(user):
    return users.get(user) or accounts.get(user)


# ok: flow-password-table-in-python
routes = {"grafana": "grafana"}


@app.route
def route(name):
    return routes[name]
