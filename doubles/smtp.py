"""A mail sink: a real SMTP server that keeps every mail, and shows them over HTTP on the same port.

An HTTP client speaks first, an SMTP client waits for the banner. So the banner comes a moment late.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from doubles import http
from doubles.http import Request, Response
from doubles.mail_record import mail_record

BANNER_DELAY_SECONDS = 0.08
MAX_MAIL_BYTES = 26 * 1024 * 1024
MAX_KEPT_BYTES = 64 * 1024 * 1024
MAX_MAIL_COUNT = 5_000
HTTP_METHODS = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"OPTIONS ")


@dataclass(frozen=True, slots=True)
class NextMail:
    """What happens to one mail instead of "250 OK". ``at`` is "mail", "rcpt" or "data"; ``is_kept`` keeps it all
    the same; ``closes`` hangs up instead of answering, so that the sender can't know."""

    at: str = "data"
    code: int = 250
    text: str = "as told"
    closes: bool = False
    is_kept: bool = False


class SmtpDouble:
    """Besides SMTP: ``GET /`` (health), ``GET /log``, ``POST /reset`` and ``POST /behaviour``."""

    def __init__(self) -> None:
        self.port = 0
        self._server: asyncio.Server | None = None
        self._next: deque[NextMail] = deque()
        self._mails: deque[tuple[int, dict[str, object]]] = deque()
        self._kept_bytes = 0

    async def start(self, host: str, port: int) -> str:
        """Listen; ``smtp://host:port``. Port 0 takes a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _FirstWord(self), host, port, backlog=512)
        self.port = http.port_of(self._server)
        return f"smtp://{host}:{self.port}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    def new_session(self) -> SMTP:
        """An SMTP conversation. Any login is welcome."""
        return SMTP(
            self,
            data_size_limit=MAX_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="mail.double.invalid",
            ident="mail sink",
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=True),
            loop=asyncio.get_running_loop(),
        )

    async def answer(self, request: Request) -> Response:
        """Answer one HTTP request."""
        match request.method, request.path:
            case "GET", "/":
                return Response.of({"double": "smtp"})
            case "GET", "/log":
                return Response.of({"messages": self._log(request.params.get("to"))})
            case "POST", "/reset":
                self._reset()
                return Response.of({"reset": True})
            case "POST", "/behaviour":
                self._behave(request.json())
                return Response.of({"changed": True})
        return Response.of({"detail": "not found"}, 404)

    # The hooks that aiosmtpd looks for by these names.

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        instead = self._instead("mail")
        if instead:
            return f"{instead.code} {instead.text}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO."""
        instead = self._instead("rcpt")
        if instead:
            return f"{instead.code} {instead.text}"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The mail itself."""
        instead = self._instead("data")
        if instead is None or instead.is_kept:
            self._keep(envelope)
        if instead is None:
            return "250 OK: kept"
        if instead.closes and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
            # aiosmtpd cancels this conversation once the connection is gone.
            await asyncio.sleep(1)
        return f"{instead.code} {instead.text}"

    def _instead(self, at: str) -> NextMail | None:
        return self._next.popleft() if self._next and self._next[0].at == at else None

    def _keep(self, envelope: Envelope) -> None:
        raw = envelope.content or b""
        raw = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
        record = {
            "envelope_from": envelope.mail_from,
            "envelope_to": list(envelope.rcpt_tos),
            **mail_record(raw),
            "at": datetime.now(UTC).isoformat(),
        }
        self._mails.append((len(raw), record))
        self._kept_bytes += len(raw)
        while self._kept_bytes > MAX_KEPT_BYTES or len(self._mails) > MAX_MAIL_COUNT:
            size, _ = self._mails.popleft()
            self._kept_bytes -= size

    def _log(self, to: Collection[str] | None = None) -> list[dict[str, object]]:
        """All mails; with addresses, only those to them."""
        return [record for _, record in self._mails if not to or set(cast(list[str], record["envelope_to"])) & set(to)]

    def _reset(self) -> None:
        self._mails.clear()
        self._next.clear()
        self._kept_bytes = 0

    def _behave(self, wanted: dict[str, Any]) -> None:
        unknown = wanted.keys() - {"next"}
        if unknown:
            raise ValueError(f"unknown behaviour: {', '.join(unknown)}")
        for item in wanted.get("next", []):
            times = item.pop("times", 1)
            self._next.extend([NextMail(**item)] * times)


class _FirstWord(asyncio.Protocol):
    """Waits a moment to see who speaks first, then hands the connection to HTTP or SMTP."""

    def __init__(self, double: SmtpDouble) -> None:
        self._double = double
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._said = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(BANNER_DELAY_SECONDS, self._hand_over)

    def data_received(self, data: bytes) -> None:
        self._said += data
        self._hand_over()

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()

    def _hand_over(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._transport is None or self._transport.is_closing():
            return
        protocol: asyncio.Protocol = self._http() if self._said.startswith(HTTP_METHODS) else self._double.new_session()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        if self._said:
            protocol.data_received(self._said)

    def _http(self) -> asyncio.Protocol:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await http.answer(self._double.answer, reader, writer)

        return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=http.MAX_HEAD_BYTES), connected)
