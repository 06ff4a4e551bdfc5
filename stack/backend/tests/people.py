"""People who use the HTTP interface."""

CREDENTIALS = {"email": "Ada@example.com", "password": "plainly fake password"}


def signed_up(client, **changes):
    """Sign a person up and log in; return the headers by which the person is known then."""
    person = CREDENTIALS | changes
    assert client.post("/api/v1/users", json=person).status_code == 201
    login = {"username": person["email"], "password": person["password"]}
    token = client.post("/api/v1/auth/token", data=login).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}
