"""The container's health check: ``python -m app.probe`` exits with 0 when the backend in this container is ready."""

import http.client
import sys

PORT = 8000  # that uvicorn binds inside the container


def is_ready(port: int = PORT) -> bool:
    """Return whether the server on this machine says that it is ready, within four seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)  # envfence: ignore[hardcoded-host] itself
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready() else 1)
