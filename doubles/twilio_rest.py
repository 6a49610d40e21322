"""The REST API of the Twilio double."""

from __future__ import annotations

import asyncio
import base64
import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from doubles import twilio_content, twilio_pricing, twilio_whatsapp
from doubles.http import DropConnection, Request, Response
from doubles.twilio_store import NextAnswer, StoredMessage, TwilioStore

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000
MAX_BODY_LENGTH = 1600
MAX_MEDIA_COUNT = 10
MAX_LOGGED_FIELD_LENGTH = 2_000
FIRST_ERROR_STATUS = 400
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
_SENDER = re.compile(r"\+[1-9]\d{4,14}|\d{3,8}|[A-Za-z0-9 ]{1,11}")
_CHANNEL = re.compile(r"(whatsapp|rcs|messenger):")


class Refusal(Exception):
    """An error answer as Twilio gives it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self._status = status
        self._content = {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }

    def response(self, **headers: str) -> Response:
        """As JSON."""
        return Response.of(self._content, self._status, **headers)


class TwilioRest:
    """``on_taken`` is called with each message that was accepted. Without ``accounts`` at the start, the first
    token an account shows is its token."""

    def __init__(
        self, store: TwilioStore, accounts: dict[str, str], *, on_taken: Callable[[StoredMessage], None]
    ) -> None:
        self.base_url = ""
        self._store = store
        self._accounts = accounts
        self._learns_accounts = not accounts
        self._on_taken = on_taken

    async def answer(self, request: Request) -> Response:
        """A request to the API itself."""
        is_authorised = False
        try:
            if request.path == twilio_content.PATH:
                self._authorise(*_basic(request))
                is_authorised = True
                response = Response.of(twilio_content.page(self._store.contents, self.base_url, request.params))
                self._note(request, is_authorised, response.status)
                return response
            if request.path.startswith(twilio_pricing.PATH):
                self._authorise(*_basic(request))
                is_authorised = True
                response = self._prices(request)
                self._note(request, is_authorised, response.status)
                return response
            account_sid, resource = self._authorised(request)
            is_authorised = True
            response = await self._answer_resource(request, account_sid, resource)
        except Refusal as refusal:
            response = refusal.response()
        except DropConnection:
            self._note(request, is_authorised, 0)
            raise
        self._note(request, is_authorised, response.status)
        return response

    def _prices(self, request: Request) -> Response:
        found = twilio_pricing.country(request.path.removeprefix(twilio_pricing.PATH), self.base_url)
        if found is None:
            raise Refusal(404, 20404, f"The requested resource {request.path[:200]} was not found")
        return Response.of(found)

    def _authorised(self, request: Request) -> tuple[str, str]:
        """The account and what is asked of it, once the credentials fit."""
        named = re.fullmatch(r"/2010-04-01/Accounts/([A-Za-z0-9]{1,64})(?:\.json|/(.+))", request.path)
        user, token = _basic(request)
        if not named or user != named[1]:
            raise Refusal(401, 20003, "Authenticate")
        self._authorise(user, token)
        return user, named[2] or ""

    def _authorise(self, user: str, token: str) -> None:
        if self._learns_accounts and user and token:
            self._accounts.setdefault(user, token)
        known = self._accounts.get(user, "")
        if not known or not hmac.compare_digest(known.encode(), token.encode()):
            raise Refusal(401, 20003, "Authenticate")

    async def _answer_resource(self, request: Request, account_sid: str, resource: str) -> Response:
        if resource == "Messages.json" and request.method == "POST":
            return await self._send(request, account_sid)
        if request.method != "GET":
            raise Refusal(405, 20004, "Method not allowed")
        if self._store.behaviour.outage_status:
            raise Refusal(self._store.behaviour.outage_status, 20500, "An internal server error has occurred")
        if not resource:
            return Response.of({"sid": account_sid, "status": "active", "type": "Full", "friendly_name": "Double"})
        if resource == "Messages.json":
            return self._list(request, account_sid)
        if resource == "IncomingPhoneNumbers.json":
            return self._numbers(request, account_sid)
        recording = re.fullmatch(r"Recordings/(\w{1,64}?)(?:\.mp3)?", resource)
        if recording and recording[1] in self._store.recordings:
            return Response(200, self._store.recordings[recording[1]], "audio/mpeg")
        one = re.fullmatch(r"Messages/(\w{1,64})(?:\.json|/Media/(\w{1,64})|/Media\.json)", resource)
        message = self._store.messages.get(one[1]) if one else None
        if not one or message is None or message.account_sid != account_sid:
            raise Refusal(404, 20404, f"The requested resource {request.path[:200]} was not found")
        if resource.endswith("/Media.json"):
            return self._media_list(request, message)
        return self._media(one[2]) if one[2] else Response.of(message.resource())

    async def _send(self, request: Request, account_sid: str) -> Response:
        instead = self._store.behaviour.next.popleft() if self._store.behaviour.next else None
        if instead is None or instead.is_taken:
            message = self._take(request, account_sid)
        if instead is None:
            return Response.of(message.resource(), 201)
        return await _misbehave(instead, message.resource() if instead.is_taken else {})

    def _take(self, request: Request, account_sid: str) -> StoredMessage:
        """Check a message as Twilio does, keep it, and let it go its way."""
        form = request.form
        first = {name: values[0] for name, values in form.items()}
        message = StoredMessage(
            account_sid=account_sid,
            to=first.get("To", ""),
            sender=first.get("From", ""),
            body=first.get("Body", ""),
            media=form.get("MediaUrl", []),
            callback_url=first.get("StatusCallback", ""),
            messaging_service_sid=first.get("MessagingServiceSid", ""),
        )
        message.content_sid = first.get("ContentSid", "")
        if message.content_sid:
            try:
                variables = first.get("ContentVariables", "")
                _, message.body = twilio_content.check(self._store.contents, message.content_sid, variables)
            except twilio_content.BadContent as bad:
                raise Refusal(400, bad.code, bad.message) from bad
        if message.messaging_service_sid:
            message.status = "accepted"
        self._check(message)
        self._store.add(message)
        self._on_taken(message)
        return message

    def _check(self, message: StoredMessage) -> None:
        if not message.to:
            raise Refusal(400, 21604, "A 'To' phone number is required.")
        if not _NUMBER.fullmatch(_CHANNEL.sub("", message.to)) and not twilio_whatsapp.is_user_id(message.to):
            raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {message.to[:40]}")
        if not message.sender and not message.messaging_service_sid:
            raise Refusal(400, 21603, "A 'From' phone number is required.")
        if message.sender and not _SENDER.fullmatch(_CHANNEL.sub("", message.sender)):
            raise Refusal(400, 21212, f"Invalid From Number (caller ID): {message.sender[:40]}")
        channels = {_channel_of(message.to), _channel_of(message.sender or message.to)}
        if len(channels) > 1:
            raise Refusal(400, 21910, "Invalid From and To pair. From and To should be of the same channel")
        if not message.body and not message.media:
            raise Refusal(400, 21619, "A text message body or media urls must be specified.")
        if len(message.media) > (1 if message.to.startswith("whatsapp:") else MAX_MEDIA_COUNT):
            raise Refusal(400, 21623, "Number of media files exceeds allowed limit")
        if len(message.body) > MAX_BODY_LENGTH:
            raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if self._store.has_opted_out(message.to, message.sender):
            raise Refusal(400, 21610, "Attempt to send to unsubscribed recipient")

    def _list(self, request: Request, account_sid: str) -> Response:
        params = {name: values[0] for name, values in request.params.items()}
        size = min(int(params.get("PageSize", DEFAULT_PAGE_SIZE)), MAX_PAGE_SIZE)
        page = int(params.get("Page", 0))
        found = [
            message
            for message in sorted(self._store.messages.values(), key=lambda one: one.listed_at, reverse=True)
            if message.account_sid == account_sid and _is_listed(message, params)
        ]
        following = urlencode({**params, "Page": page + 1}) if len(found) > (page + 1) * size else ""
        return Response.of(
            {
                "messages": [message.resource() for message in found[page * size : (page + 1) * size]],
                "page": page,
                "page_size": size,
                "next_page_uri": f"{request.path}?{following}" if following else None,
            }
        )

    def _media_list(self, request: Request, message: StoredMessage) -> Response:
        items = [
            {
                "sid": sid,
                "account_sid": message.account_sid,
                "parent_sid": message.sid,
                "content_type": self._store.media[sid][0],
                "uri": f"{request.path.removesuffix('.json')}/{sid}.json",
            }
            for sid in message.media
            if sid in self._store.media
        ]
        return Response.of({"media_list": items, "page": 0, "page_size": 50, "next_page_uri": None})

    def _numbers(self, request: Request, account_sid: str) -> Response:
        wanted = request.params.get("PhoneNumber", [""])[0]
        behaviour = {number: {"sms_url": url} for number, url in self._store.behaviour.numbers.items()}
        owned = self._store.owned_numbers.get(account_sid, {})
        numbers = behaviour or owned or ({wanted: {"sms_url": ""}} if wanted else {})
        found = [
            {"phone_number": number, **urls, "capabilities": {"sms": True, "mms": True, "voice": True}}
            for number, urls in numbers.items()
            if wanted in {"", number}
        ]
        return Response.of({"incoming_phone_numbers": found})

    def _media(self, media_sid: str) -> Response:
        behaviour = self._store.behaviour
        if behaviour.media_missing_count > 0:
            behaviour.media_missing_count -= 1
            raise Refusal(404, 20404, "The media is not there yet")
        if media_sid not in self._store.media:
            raise Refusal(404, 20404, "The requested media was not found")
        return Response(307, headers={"Location": behaviour.media_location or f"{self.base_url}/media/{media_sid}"})

    def answer_media_host(self, request: Request) -> Response:
        """A request to where the API redirects for files; it asks for no credentials."""
        self._note(request, "authorization" in request.headers, 200)
        found = self._store.media.get(request.path.removeprefix("/media/"))
        return Response(200, found[1], found[0]) if found else Response.of({"detail": "not found"}, 404)

    def _note(self, request: Request, is_authorised: bool, status: int) -> None:
        form = {} if request.method == "GET" else request.form
        self._store.requests.append(
            {
                "at": datetime.now(UTC).isoformat(),
                "method": request.method,
                "path": request.path,
                "query": request.query[:MAX_LOGGED_FIELD_LENGTH],
                "form": {k[:100]: [v[:MAX_LOGGED_FIELD_LENGTH] for v in values[:20]] for k, values in form.items()},
                "has_credentials": "authorization" in request.headers,
                "is_authorised": is_authorised,
                "status": status,
            }
        )


async def _misbehave(instead: NextAnswer, taken: dict[str, object]) -> Response:
    await asyncio.sleep(instead.hang_seconds)
    if instead.is_dropped:
        raise DropConnection
    if instead.status < FIRST_ERROR_STATUS:
        return Response.of(taken, instead.status, **instead.headers)
    return Refusal(instead.status, instead.code, instead.message or "As told").response(**instead.headers)


def _channel_of(address: str) -> str:
    named = _CHANNEL.match(address)
    return named[1] if named else ""


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    user, _, token = base64.b64decode(encoded).decode("utf-8", "replace").partition(":")
    return user, token


def _is_listed(message: StoredMessage, params: dict[str, str]) -> bool:
    if params.get("To", message.to) != message.to or params.get("From", message.sender) != message.sender:
        return False
    dates = {name: value for name, value in params.items() if name.startswith("DateSent")}
    if not dates:
        return True
    if message.sent_at is None:
        return False
    sent_on = message.sent_at.date().isoformat()
    return (
        dates.get("DateSent", sent_on)[:10] == sent_on
        and dates.get("DateSent>", "")[:10] <= sent_on <= dates.get("DateSent<", "9999-12-31")[:10]
    )
