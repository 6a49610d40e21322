"""A very small HTTP/1.1 server: one request per connection, and the right to misbehave on purpose."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

MAX_HEAD_BYTES = 32 * 1024
MAX_BODY_BYTES = 40 * 1024 * 1024
IDLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a form body."""
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1000)

    @property
    def params(self) -> dict[str, list[str]]:
        """The fields of the query."""
        return parse_qs(self.query, keep_blank_values=True, max_num_fields=1000)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; an empty body is an empty object."""
        content = json.loads(self.body or b"{}")
        if not isinstance(content, dict):
            raise ValueError("the body must be a JSON object")
        return content


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content: object, status: int = 200, **headers: str) -> Response:
        """A JSON answer."""
        return cls(status, json.dumps(content).encode(), headers=headers)


class DropConnection(Exception):
    """Close without an answer."""


Handler = Callable[[Request], Awaitable[Response]]


async def serve(handler: Handler, host: str, port: int) -> asyncio.Server:
    """Listen. Port 0 takes a free one."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer(handler, reader, writer)

    return await asyncio.start_server(connected, host, port, limit=MAX_HEAD_BYTES, backlog=512)


def port_of(server: asyncio.Server) -> int:
    """The port a server listens on."""
    return int(server.sockets[0].getsockname()[1])


async def answer(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read one request, let the handler answer it, close."""
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            request = await _read(reader)
        if request:
            writer.write(_encode(await _handled(handler, request)))
            await writer.drain()
    except (DropConnection, ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def _handled(handler: Handler, request: Request) -> Response:
    try:
        return await handler(request)
    except (ValueError, KeyError, TypeError) as error:
        return Response.of({"detail": f"{type(error).__name__}: {error}"}, 400)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    try:
        method, target, _ = first.split(" ")
    except ValueError:
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    path, _, query = target.partition("?")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY_BYTES:
        return None
    body = await reader.readexactly(int(length))
    return Request(method.upper(), unquote(path), query, headers, body)


def _encode(response: Response) -> bytes:
    reason = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else "Unknown"
    headers = {
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        "Connection": "close",
        **response.headers,
    }
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {response.status} {reason}\r\n{head}\r\n".encode("latin-1") + response.body
