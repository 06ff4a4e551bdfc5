"""Metrics reach InfluxDB over HTTP, and nothing else suffers when they do not."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from environments import NOWHERE
from servers import HERE, wait_until

from app.config import get_settings
from app.metrics import Sender, line, send


@pytest.fixture
def influxdb(environment):
    """A server that takes points as InfluxDB 2 does; the requests that it got."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            requests.append((self.path, self.headers["Authorization"], body))
            self.send_response(204 if self.headers["Authorization"] == f"Token {NOWHERE['INFLUXDB_TOKEN']}" else 401)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer((HERE, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        environment(INFLUXDB_URL=f"http://{HERE}:{server.server_port}/")
        yield requests
        server.shutdown()
        thread.join()


def test_a_point_is_one_line_with_what_is_special_escaped():
    measurement, values, moment = line("request", {"route": "/a b,c=d"}, {"seconds": 0.5, "count": 2}).rsplit(" ", 2)

    assert measurement == r"request,route=/a\ b\,c\=d"
    assert values == "count=2.0,seconds=0.5"
    assert len(moment) == 19


def test_points_are_sent_with_token_organisation_and_bucket(influxdb):
    assert send(["first 1", "second 2"])

    path = "/api/v2/write?org=stocktrading&bucket=metrics&precision=ns"
    assert influxdb == [(path, f"Token {NOWHERE['INFLUXDB_TOKEN']}", "first 1\nsecond 2")]


@pytest.mark.parametrize(
    "values",
    (
        pytest.param({"INFLUXDB_URL": f"http://{HERE}:1"}, id="away"),
        pytest.param({"INFLUXDB_URL": "no address"}, id="no address"),
        pytest.param({"INFLUXDB_TOKEN": "refused"}, id="refused"),
    ),
)
def test_points_that_cannot_be_sent_are_lost_without_an_error(influxdb, environment, values):
    environment(**values)

    assert not send(["point 1"])


def test_points_are_collected_and_sent_together(influxdb):
    sender = Sender(get_settings(), interval=0.05)
    for number in range(3):
        sender.add(f"point {number}")
    wait_until(lambda: influxdb)
    sender.add("last 1")
    sender.close()

    sent = "\n".join(body for _, _, body in influxdb).splitlines()
    assert sent == ["point 0", "point 1", "point 2", "last 1"]


def test_a_full_queue_drops_what_comes(influxdb):
    sender = Sender(get_settings(), interval=60, limit=2)
    for number in range(5):
        sender.add(f"point {number}")
    sender.close()

    assert [body for _, _, body in influxdb] == ["point 0\npoint 1"]


def test_a_request_is_measured_by_its_route(influxdb, client):
    client.get("/api/v1/stocks/ACME/prices")
    client.get("/nowhere/ACME")
    client.app.state.metrics.close()

    points = [point.split(" ")[0] for _, _, body in influxdb for point in body.splitlines()]
    assert points == [
        "request,method=GET,route=/api/v1/stocks/{symbol}/prices,status=404",
        "request,method=GET,route=none,status=404",
    ]
