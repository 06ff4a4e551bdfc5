"""Signing up and logging in on real servers, and what ends somebody's guessing."""

from people import CREDENTIALS

from app import cache


def test_a_person_is_no_service_and_a_service_no_person(client, service, ada):
    assert client.get("/api/v1/backlog", headers=ada).status_code == 403
    assert client.get("/api/v1/users/me", headers=service).status_code == 401


def test_capitals_make_no_other_address(client, ada):
    login = {"username": CREDENTIALS["email"].swapcase(), "password": CREDENTIALS["password"]}

    assert client.post("/api/v1/auth/token", data=login).status_code == 200


def test_signing_up_twice_is_refused(client, ada):
    assert client.post("/api/v1/users", json=CREDENTIALS).status_code == 409


def test_short_passwords_are_refused_and_not_repeated(client):
    short = CREDENTIALS["password"][:8]
    answer = client.post("/api/v1/users", json=CREDENTIALS | {"password": short})

    assert answer.status_code == 422
    assert short not in answer.text


def test_signing_up_again_and_again_ends(client):
    def sign_up(number):
        return client.post("/api/v1/users", json=CREDENTIALS | {"email": f"p{number}@example.com"})

    assert {sign_up(number).status_code for number in range(cache.MAX_SIGN_UPS)} == {201}
    refused = sign_up(cache.MAX_SIGN_UPS)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= cache.SIGN_UP_SECONDS


def test_guessing_a_password_ends_after_ten_failures(client, ada):
    guess = {"username": "ada@example.com", "password": "not the password"}

    statuses = [client.post("/api/v1/auth/token", data=guess).status_code for _ in range(cache.MAX_FAILURES + 1)]

    assert statuses == [401] * cache.MAX_FAILURES + [429]
    right = guess | {"password": CREDENTIALS["password"]}
    assert client.post("/api/v1/auth/token", data=right).status_code == 429
