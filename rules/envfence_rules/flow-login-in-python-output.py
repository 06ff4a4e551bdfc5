import logging

log = logging.getLogger(__name__)
LOGIN = "Login: admin / Trader2030!"


def propagated():
    # ruleid: flow-login-in-python-output
    print(LOGIN)


def literals():
    # ruleid: flow-login-in-python-output
    print("Created admin user: admin / Trader2030!")
    # ruleid: flow-login-in-python-output
    log.info("Default credentials: admin / trader-2030")


def near_misses(user, path):
    # ok: flow-login-in-python-output
    print(f"Login: admin, see {path}")
    # ok: flow-login-in-python-output
    print("Login: name / password")
    # ok: flow-login-in-python-output
    print("Users: active / inactive")
    # ok: flow-login-in-python-output
    render("Login: admin / Trader2030!")
