"""Request files: what is used, and what is only sent or said."""

import pytest

from envfence import check
from envfence.config import Config

CAUGHT = {
    "a variable": ("@host = 10.0.0.5:8080\n", [(1, "hardcoded-url")]),
    "a variable with a password": ("@password = opensesame7\n", [(1, "hardcoded-credential")]),
    "where a request goes": ("POST http://10.0.0.5:8080/login\n", [(1, "hardcoded-url")]),
    "an address alone": ("http://10.0.0.5:8080/login\n", [(1, "hardcoded-url")]),
    "the host of a request": ("GET /orders HTTP/1.1\nHost: 10.0.0.5:8080\n", [(2, "hardcoded-url")]),
    "a login in a header": (
        "GET {{base}}/x\nAuthorization: Basic a2ltOm9wZW5zZXNhbWU3\n",
        [(2, "hardcoded-credential")],
    ),
    "a password that is sent": ('POST {{base}}/x\n\n{"password": "opensesame7"}\n', [(3, "hardcoded-credential")]),
    "a password in a form": ("POST {{base}}/x\n\nuser=kim&password=opensesame7", [(3, "hardcoded-credential")]),
    "the request behind a body": (
        "POST {{base}}/x\n\n{}\n\n### next\nGET http://10.0.0.5:8080/y\n",
        [(6, "hardcoded-url")],
    ),
    "with Windows' line ends": (
        "POST {{base}}/x\r\n\r\nhttp://10.0.0.5/\r\n\r\n###\r\n@host = 10.0.0.5:8080\r\n",
        [(6, "hardcoded-url")],
    ),
    "a comment that shows a password": ("# password = opensesame7\n", [(1, "hardcoded-credential")]),
}
PASSES = {
    "variables": "@base = {{host}}\nGET {{base}}/x\nAuthorization: Bearer {{token}}\n",
    "a comment": "### http://10.0.0.5:8080\n// DB_HOST=10.0.0.5\n",
    "addresses that are sent": 'POST {{base}}/x\nAccept: */*\n\n{"ip": "10.0.0.5",\n "url": "http://10.0.0.5:8080/"}\n',
    "an origin": "GET {{base}}/x\nOrigin: http://localhost:3000\n",
    "somebody's API": "GET https://api.stripe.com/v1/charges\n",
}


def found(text):
    return [(one.line, one.rule) for one in check.findings_in("requests/orders.http", text.encode(), Config())]


@pytest.mark.parametrize(("text", "expected"), CAUGHT.values(), ids=CAUGHT)
def test_is_caught(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize("text", PASSES.values(), ids=PASSES)
def test_passes_untouched(text):
    assert found(text) == []


def test_what_only_a_comment_says_is_a_warning():
    (only,) = check.findings_in("a.rest", b"# password = opensesame7\n", Config())
    assert only.severity == "warning"
