"""A word to the team, whatever becomes of it."""

import http.server
import json
import threading

import pytest

from envfence.delivery.changes.notify import sent


@pytest.fixture
def hook():
    """Return a function that starts a webhook; it answers with a code, and the list that it returns fills."""
    servers = []

    def start(code):
        told = []

        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(code)
                self.end_headers()

            def log_message(self, *_):
                pass

        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/", told

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("code", "why"), ((200, ""), (404, "it answers 404"), (500, "it answers 500")))
def test_sent(code, why, hook):
    url, told = hook(code)
    assert sent(url, "done") == why
    assert told == [{"text": "done"}]


@pytest.mark.parametrize(
    ("webhook", "why"),
    (
        pytest.param("", "no webhook has a value", id="none"),
        pytest.param("file:///etc/passwd", "the webhook is no URL", id="a file"),
        pytest.param("http://127.0.0.1:1/token", "nobody answers: URLError", id="nobody there"),
        pytest.param("http://[::1/token", "nobody answers: ValueError", id="no URL after all"),
    ),
)
def test_not_sent(webhook, why):
    assert sent(webhook, "done") == why
