"""The part of the Graph API that WhatsApp is sent and fetched by."""

from __future__ import annotations

import asyncio
import email
import hmac
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from email.policy import HTTP
from typing import Any

from doubles import graph_templates
from doubles.graph_store import GraphStore, NextAnswer, Number, StoredMedia, StoredMessage
from doubles.http import DropConnection, Request, Response

MAX_BODY_LENGTH = 4096
MAX_CAPTION_LENGTH = 1024
MAX_CALLBACK_DATA_LENGTH = 512
FIRST_ERROR_STATUS = 400
NO_MARKETING = 131050
MEDIA_TYPES = frozenset({"image", "video", "audio", "document", "sticker"})
MB = 1024 * 1024
# What may be uploaded, and how large it may be (cloud-api/reference/media).
FILE_TYPES = {
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * MB),
    "image/webp": 500 * 1024,
    **dict.fromkeys(("video/mp4", "video/3gpp"), 16 * MB),
    **dict.fromkeys(("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus"), 16 * MB),
    **dict.fromkeys(
        (
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        100 * MB,
    ),
}
_PATH = re.compile(r"/v\d{1,3}\.\d{1,2}/([\w.-]{1,200})(?:/(messages|media|subscribed_apps|message_templates))?")
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


class Refusal(Exception):
    """An error answer as the Graph API gives it."""

    def __init__(self, status: int, code: int, message: str, *, details: str = "", subcode: int = 0) -> None:
        super().__init__(message)
        self._status = status
        self._error: dict[str, Any] = {
            "message": f"(#{code}) {message}",
            "type": "OAuthException",
            "code": code,
            "fbtrace_id": "A" + "0" * 20,
        }
        if subcode:
            self._error["error_subcode"] = subcode
        if details:
            self._error["error_data"] = {"messaging_product": "whatsapp", "details": details}

    def response(self, **headers: str) -> Response:
        """As JSON."""
        return Response.of({"error": self._error}, self._status, **headers)


class GraphRest:
    """``on_taken`` is called with each message that was accepted. A number that nobody has told of is learned
    from the first token it is used with."""

    def __init__(self, store: GraphStore, *, on_taken: Callable[[StoredMessage], None]) -> None:
        self.base_url = ""
        self._store = store
        self._on_taken = on_taken

    async def answer(self, request: Request) -> Response:
        """A request to the API itself. One that hangs beyond a reset is noted in what was forgotten."""
        noted = self._store.requests
        try:
            response = await self._answer(request)
        except Refusal as refusal:
            response = refusal.response()
        except DropConnection:
            noted.append(_note(request, 0))
            raise
        noted.append(_note(request, response.status))
        return response

    async def _answer(self, request: Request) -> Response:
        named = _PATH.fullmatch(request.path)
        if named is None:
            raise Refusal(404, 2500, "Unknown path components")
        token = _bearer(request)
        match request.method, named[2]:
            case "POST", "messages":
                return await self._send(request, self._number(named[1], token))
            case "POST", "media":
                self._number(named[1], token)
                return self._keep(request)
            case "GET", "subscribed_apps":
                self._check_token(token)
                return Response.of({"data": [{"whatsapp_business_api_data": {"name": "App", "id": "1"}}]})
            case "GET", "message_templates":
                self._check_token(token)
                base = f"{self.base_url}{request.path}"
                return Response.of(graph_templates.page(self._store.templates, base, request.params))
            case "GET", None if named[1] in self._store.media:
                self._check_token(token)
                return self._resolve(named[1])
            case "GET", None:
                return self._show(self._number(named[1], token, learns=False))
        raise Refusal(400, 100, "Unsupported request")

    def answer_media_host(self, request: Request) -> Response:
        """A request to where links to files lead. The token is asked for there too."""
        self._check_token(_bearer(request), is_host=True)
        behaviour, link = self._store.behaviour, request.path.removeprefix("/media/")
        found = next((one for one in self._store.media.values() if one.link and one.link == link), None)
        is_expired = found is None or time.monotonic() > found.link_until
        if behaviour.media_expired_count > 0:
            behaviour.media_expired_count -= 1
            is_expired = True
        self._store.requests.append(_note(request, 404 if is_expired else 200))
        if found is None or is_expired:
            return Response.of({"detail": "URL signature expired"}, 404)
        return Response(200, found.content, found.content_type)

    def _number(self, phone_number_id: str, token: str, *, learns: bool = True) -> Number:
        known = self._store.numbers.get(phone_number_id)
        if known is None and learns and token and phone_number_id.isdigit():
            known = self._store.numbers[phone_number_id] = Number(phone_number_id, access_token=token)
        if known is None:
            details = f"Object with ID '{phone_number_id}' does not exist or cannot be loaded"
            raise Refusal(400, 100, f"Unsupported request. {details}", subcode=33)
        if not hmac.compare_digest(known.access_token.encode(), token.encode()):
            raise Refusal(401, 190, "Error validating access token")
        return known

    def _check_token(self, token: str, *, is_host: bool = False) -> None:
        known = {one.access_token for one in self._store.numbers.values()}
        if not token or (known and token not in known):
            raise Refusal(401, 190, "Error validating access token")

    async def _send(self, request: Request, number: Number) -> Response:
        instead = self._store.behaviour.next.popleft() if self._store.behaviour.next else None
        taken: dict[str, object] = {}
        if instead is None or instead.is_taken:
            taken = self._take(request.json(), number)
        if instead is None:
            return Response.of(taken)
        return await _misbehave(instead, taken)

    def _take(self, wanted: dict[str, Any], number: Number) -> dict[str, object]:
        """Check a message as Meta does, keep it, and let it go its way."""
        person = str(wanted.get("to") or wanted.get("recipient") or "").removeprefix("+")
        if wanted.get("messaging_product") != "whatsapp":
            raise Refusal(400, 100, "The parameter messaging_product is required.")
        if wanted.get("status") == "read":
            return {"success": True}
        if not (person.isdigit() or _USER_ID.fullmatch(person)):
            raise Refusal(400, 131009, "Parameter value is not valid", details="Please check the recipient")
        self._check_content(wanted)
        if wanted.get("type") != "template" and self._store.windows.is_closed(number.phone_number_id, person):
            details = "Message failed to send because more than 24 hours have passed since the customer last replied"
            raise Refusal(400, 131047, "Re-engagement message", details=details)
        content = {name: wanted[name] for name in ("type", str(wanted.get("type")), "context") if name in wanted}
        data = str(wanted.get("biz_opaque_callback_data", ""))
        message = StoredMessage(number.phone_number_id, person, content, callback_data=data)
        if wanted.get("type") == "template":
            self._fill(message, wanted["template"])
        self._store.add(message)
        self._on_taken(message)
        contact = {"input": person, "wa_id": person} if person.isdigit() else {"input": person, "user_id": person}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message.id}]}

    def _fill(self, message: StoredMessage, wanted: dict[str, Any]) -> None:
        """A template that can't be sent is refused at once, one that the person does not want only later."""
        try:
            found, message.template_body = graph_templates.check(self._store.templates, wanted)
        except graph_templates.BadTemplate as bad:
            raise Refusal(400, bad.code, bad.message, details=bad.details) from bad
        if found.category == "MARKETING" and (message.phone_number_id, message.person) in self._store.no_marketing:
            message.refused_with = NO_MARKETING

    def _check_content(self, wanted: dict[str, Any]) -> None:
        kind = str(wanted.get("type", ""))
        part = wanted.get(kind)
        if not isinstance(part, dict):
            raise Refusal(400, 131008, "Required parameter is missing", details=f"Parameter '{kind}' is missing")
        if kind == "text" and not 0 < len(str(part.get("body", ""))) <= MAX_BODY_LENGTH:
            raise Refusal(400, 100, "Param text['body'] must be between 1 and 4096 characters long.")
        if len(str(part.get("caption", ""))) > MAX_CAPTION_LENGTH:
            raise Refusal(400, 131009, "Parameter value is not valid", details="The caption is too long")
        if kind in MEDIA_TYPES and not part.get("link") and str(part.get("id")) not in self._store.media:
            raise Refusal(400, 131009, "Parameter value is not valid", details="There is no such media")
        if len(str(wanted.get("biz_opaque_callback_data", ""))) > MAX_CALLBACK_DATA_LENGTH:
            raise Refusal(400, 100, "biz_opaque_callback_data is longer than 512 characters")

    def _keep(self, request: Request) -> Response:
        parts = _parts(request)
        file = parts.get("file")
        if file is None or "messaging_product" not in parts:
            raise Refusal(400, 100, "The parameter file is required.")
        payload = file.get_payload(decode=True)
        content, content_type = payload if isinstance(payload, bytes) else b"", file.get_content_type()
        self._check_file(content, content_type)
        media = StoredMedia(content_type, content, file.get_filename() or "")
        return Response.of({"id": self._store.add_media(media)})

    def _check_file(self, content: bytes, content_type: str) -> None:
        largest = FILE_TYPES.get(content_type)
        if largest is None:
            types = ", ".join(FILE_TYPES)
            words = f"Param file must be a file with one of the following types: {types}."
            raise Refusal(400, 100, f"{words} Received file of type '{content_type}'.")
        if len(content) > largest:
            raise Refusal(400, 131053, "Media upload error", details="The file is larger than this type may be")

    def _resolve(self, media_id: str) -> Response:
        media = self._store.media[media_id]
        return Response.of(
            {
                "messaging_product": "whatsapp",
                "url": self._store.behaviour.media_location or f"{self.base_url}/media/{media.new_link()}",
                "mime_type": media.content_type,
                "sha256": media.sha256,
                "file_size": len(media.content),
                "id": media_id,
            }
        )

    def _show(self, number: Number) -> Response:
        return Response.of(
            {
                "id": number.phone_number_id,
                "display_phone_number": number.display_phone_number,
                "verified_name": "Double",
                "quality_rating": "GREEN",
            }
        )


def _note(request: Request, status: int) -> dict[str, object]:
    is_json = request.headers.get("content-type", "").startswith("application/json")
    return {
        "at": datetime.now(UTC).isoformat(),
        "method": request.method,
        "path": request.path,
        "query": request.query[:2_000],
        "body": request.body[:8_000].decode("utf-8", "replace") if is_json else "",
        "has_token": "authorization" in request.headers,
        "status": status,
    }


async def _misbehave(instead: NextAnswer, taken: dict[str, object]) -> Response:
    await asyncio.sleep(instead.hang_seconds)
    if instead.is_dropped:
        raise DropConnection
    if instead.status < FIRST_ERROR_STATUS:
        return Response.of(taken, instead.status, **instead.headers)
    if not instead.code:
        return Response(instead.status, b"<html>As told</html>", "text/html", dict(instead.headers))
    refusal = Refusal(
        instead.status,
        instead.code,
        instead.message or "As told",
        details=instead.details,
        subcode=instead.subcode,
    )
    return refusal.response(**instead.headers)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _parts(request: Request) -> dict[str, Message]:
    """The parts of a multipart form by name."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    form = email.message_from_bytes(head + request.body, policy=HTTP)
    parts = form.get_payload() if form.is_multipart() else []
    named: dict[str, Message] = {}
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, Message):
            name = part.get_param("name", header="content-disposition")
            if isinstance(name, str):
                named[name] = part
    return named
