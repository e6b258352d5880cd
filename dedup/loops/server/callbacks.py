"""The routes that WebSub hubs call: they ask whether we meant a subscription, and tell us of news."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from dedup.loops.hubs import PATH, Hubs
from dedup.loops.server.pushes import read_body


def callbacks(hubs: Hubs, max_body_bytes: int) -> APIRouter:
    """The routes; what nobody asked for is answered with 404."""
    router = APIRouter(prefix=PATH, include_in_schema=False)

    @router.get("/{name}/{token}")
    def confirm(name: str, token: str, request: Request) -> Response:
        challenge = hubs.confirm(name, token, dict(request.query_params))
        if challenge is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(challenge, media_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})

    @router.post("/{name}/{token}")
    async def deliver(name: str, token: str, request: Request) -> Response:
        # Asked first: this route is open to all the world, and a stranger is not to make us hold megabytes.
        if not await run_in_threadpool(hubs.knows, name, token):
            return Response(status_code=HTTPStatus.NOT_FOUND)
        body = await read_body(request, max_body_bytes)
        signature = request.headers.get("x-hub-signature", "")
        known = await run_in_threadpool(hubs.deliver, name, token, body, signature)
        return Response(status_code=HTTPStatus.ACCEPTED if known else HTTPStatus.NOT_FOUND)

    return router
