"""The application: the routes, and one shape for every error, ours and the framework's."""

from __future__ import annotations

import logging
import threading
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dedup.loops.hubs import Hubs
from dedup.loops.server.answers import answers
from dedup.loops.server.callbacks import callbacks
from dedup.loops.server.events import events
from dedup.loops.server.metrics import metrics
from dedup.loops.server.pushes import BodyTooLargeError, pushes
from dedup.nouns.errors import DedupError, IndexMismatchError, InputError, NotFoundError, StoreError
from dedup.spine import shapes
from dedup.spine.contracts import ErrorShape
from dedup.spine.desk import Desk

RETRY_AFTER_S = 5

STATUSES: tuple[tuple[type[DedupError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (IndexMismatchError, HTTPStatus.CONFLICT),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The first that fits; any other error of ours is a 500."""

DESCRIPTION = """Which articles are copies, excerpts, revisions or translations of which.

Ids of articles and clusters may be URLs: put them into the path percent-encoded or as they are. Errors all look like
`{"error": {"type": ..., "message": ...}}`. 503 means that Redis is away for the moment, or that too many follow the
events already: try again."""

log = logging.getLogger(__name__)


def build_app(desk: Desk, stop: threading.Event, max_body_bytes: int, hubs: Hubs | None = None) -> FastAPI:
    """The application. When `stop` is set, requests that wait for events are answered at once, and streams end."""
    app = FastAPI(
        title="dedup",
        version=_version(),
        description=DESCRIPTION,
        docs_url=None,  # the two built-in pages load scripts from elsewhere; /openapi.json is here
        redoc_url=None,
        redirect_slashes=False,  # an id may end with a slash
        responses={status.value: {"model": ErrorShape} for _, status in STATUSES},
    )
    app.include_router(answers(desk))
    app.include_router(events(desk, stop))
    app.include_router(metrics(desk))
    app.include_router(pushes(desk, max_body_bytes))
    if hubs:
        app.include_router(callbacks(hubs, max_body_bytes))
    app.add_exception_handler(DedupError, _ours)
    app.add_exception_handler(BodyTooLargeError, _too_large)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DedupError)
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
    return JSONResponse(shapes.error(error), status, _patience(status))


def _too_large(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(shapes.reason("too_large", str(error)), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = [f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()]
    return JSONResponse(shapes.reason("input", "; ".join(wrong)), HTTPStatus.UNPROCESSABLE_ENTITY)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    message = f"{request.method} {request.url.path}: {error.detail}"
    return JSONResponse(shapes.reason(name, message), error.status_code, error.headers or _patience(error.status_code))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    message = "something went wrong that nobody thought of; the log has the details"
    return JSONResponse(shapes.reason("internal", message), HTTPStatus.INTERNAL_SERVER_ERROR)


def _patience(status: int) -> dict[str, str] | None:
    return {"Retry-After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None


def _version() -> str:
    try:
        return version("dedup")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
