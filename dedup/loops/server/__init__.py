"""The HTTP door: the same desk as everywhere, over FastAPI and uvicorn.

`build_app` makes the application, `HttpServer` runs it in a thread until it is told to stop. Endpoints are plain
functions, so each request has a thread of its own and nothing here is asynchronous except reading a request's body.
"""

from dedup.loops.server.app import build_app
from dedup.loops.server.serving import HttpServer

__all__ = ["HttpServer", "build_app"]
