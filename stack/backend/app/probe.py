"""The container's health check: ``python -m app.probe`` exits with 0 when the backend in this container is ready.

With ``--json`` it also prints what it is: {"status", "version", "schema"}, as a rollout asks.
"""

import http.client
import json
import sys
from collections.abc import Sequence

PORT = 8000  # that uvicorn binds inside the container


def answer(port: int = PORT) -> dict[str, str]:
    """Return what the server on this machine says of itself within four seconds; "silent" if it says nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)  # envfence: ignore[hardcoded-host] itself
    try:
        connection.request("GET", "/health/ready")
        said = json.loads(connection.getresponse().read())
        return {"status": said["status"], "version": said["version"], "schema": said["schema_revision"] or ""}
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return {"status": "silent", "version": "", "schema": ""}
    finally:
        connection.close()


def main(arguments: Sequence[str], port: int = PORT) -> int:
    """Return 0 if the server is ready."""
    said = answer(port)
    if "--json" in arguments:
        print(json.dumps(said))
    return int(said["status"] != "ready")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
