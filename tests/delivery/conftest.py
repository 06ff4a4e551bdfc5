"""The test bed, started once, or a reason why there is none."""

import http.server
import json
import threading

import pytest

from ..docker.system import require
from . import bed as beds


@pytest.fixture(scope="session")
def engine():
    """Skip where there is no engine or its images are not built; fail if ENVFENCE_DOCKER=required."""
    require([beds.IMAGE])


@pytest.fixture(scope="session")
def bed(engine, tmp_path_factory):
    """Return three servers, each ready for deployments."""
    started = beds.start(tmp_path_factory.mktemp("bed"))
    yield started
    beds.stop(started)


@pytest.fixture
def webhook():
    """Return the address of a webhook, and what has been sent there."""
    told = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/services/of-the-team", told
        server.shutdown()
