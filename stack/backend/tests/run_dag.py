"""Run the daily run once in Airflow, against a backend that has a stock waiting at first; print what it was asked."""

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

asked = []


class Backend(BaseHTTPRequestHandler):
    """Answers with the backlog: a stock waits until it has been asked for twice."""

    def answer(self):
        asked.append((self.command, self.path, self.headers["Authorization"]))
        body = json.dumps({"stocks": int(len(asked) < 3), "since": None}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815 the names that http.server calls


with ThreadingHTTPServer(("localhost", 0), Backend) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ |= {"BACKEND_URL": f"http://localhost:{server.server_port}/", "SERVICE_TOKEN": "token"}
    subprocess.run(("airflow", "db", "migrate"), check=True, capture_output=True)
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag("/opt/airflow/dags")
    dag = bag.dags["daily_indicators"]
    dag.get_task("is_done").poke_interval = 1
    run = dag.test()
    server.shutdown()
print(json.dumps({"errors": bag.import_errors, "state": run.state, "asked": asked}))
