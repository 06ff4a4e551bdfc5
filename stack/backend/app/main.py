"""The web application: ``uvicorn app.main:app``."""

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import redis
from fastapi import FastAPI, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.api import alerts, health, loading, stocks, users
from app.config import Settings, get_settings
from app.database import get_engine, is_unavailable
from app.health import VERSION

log = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """Return the application, made for the settings of one environment."""
    app = FastAPI(
        title="Stock trading",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None if settings.is_production else "/docs",
        redoc_url=None,
        openapi_url=None if settings.is_production else "/openapi.json",
    )
    app.state.settings = settings
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.CORS_ORIGINS,
        allow_credentials=True,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
    )
    app.middleware("http")(measure)
    app.add_exception_handler(SQLAlchemyError, database_failed)
    app.add_exception_handler(redis.ConnectionError, redis_failed)
    app.add_exception_handler(redis.TimeoutError, redis_failed)
    app.add_exception_handler(RequestValidationError, request_refused)
    for part in (stocks, loading, users, alerts, health):
        app.include_router(part.router)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Send metrics while the application runs, and close its connections after it."""
    app.state.metrics = metrics.Sender(app.state.settings)
    yield
    app.state.metrics.close()
    get_engine().dispose()


async def measure(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Count the request by its route, never by its path: paths hold symbols and ids."""
    start = time.perf_counter()
    response = await answer(request)
    route = request.scope.get("route")
    tags = {"route": getattr(route, "path", "none"), "method": request.method, "status": str(response.status_code)}
    request.app.state.metrics.add(metrics.line("request", tags, {"seconds": time.perf_counter() - start}))
    return response


def database_failed(_: Request, error: Exception) -> Response:
    """Answer 503 while the database is away; anything else is a bug and stays one."""
    if not is_unavailable(error):
        raise error
    return _try_again("the database", error)


def redis_failed(_: Request, error: Exception) -> Response:
    """Answer 503 while Redis is away."""
    return _try_again("Redis", error)


def request_refused(_: Request, error: Exception) -> Response:
    """Answer 422 with what is wrong and where, but not with the input: it may be a password."""
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    detail = [{"loc": item["loc"], "msg": item["msg"], "type": item["type"]} for item in found]
    return JSONResponse({"detail": detail}, status.HTTP_422_UNPROCESSABLE_CONTENT)


def _try_again(what: str, error: Exception) -> Response:
    log.warning("%s does not answer: %s", what, type(error).__name__)
    body = {"detail": f"{what} does not answer; try again"}
    return JSONResponse(body, status.HTTP_503_SERVICE_UNAVAILABLE, {"Retry-After": "1"})


@lru_cache
def _application() -> FastAPI:
    return create_app(get_settings())


def __getattr__(name: str) -> FastAPI:
    """Make ``app.main:app`` when a server asks for it, so that importing this module needs no settings."""
    if name == "app":
        return _application()
    raise AttributeError(name)
