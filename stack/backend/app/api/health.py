"""Whether to restart this process (live), and whether to send it requests (ready)."""

from fastapi import APIRouter, Response, status

from app.health import Health, readiness

router = APIRouter(tags=["health"])


@router.get("/health/live")
def live() -> dict[str, str]:
    """Answer as long as the process can; a database that is away is no reason to restart it."""
    return {"status": "alive"}


@router.get("/health/ready")
@router.get("/health", include_in_schema=False)
def ready(response: Response) -> Health:
    """Answer 200 when everything that a request needs is there, else 503 with what is not."""
    health = readiness()
    if health.status != "ready":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return health
