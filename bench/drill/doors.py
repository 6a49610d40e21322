"""Providers that post to our webhooks, and try again like the real ones until they are told 2xx."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from email.message import EmailMessage

import httpx
from twilio.request_validator import RequestValidator

from bench.drill.sayings import Saying
from bench.drill.traffic import SERVER_ERROR, Traffic
from helpdesk.simulation.place import Place, TwilioNumber

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.3, 3.0
GIVE_UP_SECONDS = 120.0
MAIL_DATE = "Thu, 01 Jan 2026 12:00:00 +0000"


@dataclass(frozen=True, slots=True)
class Post:
    """One request, the same to the byte each time it is made."""

    url: str
    body: bytes
    headers: dict[str, str]


def text_message(place: Place, saying: Saying) -> Post:
    """A text, signed as Twilio signs."""
    line = TwilioNumber(place.sms_channel, place.sms_number, place.account_sid, place.auth_token)
    return _twilio_message(place, line, saying, saying.person.address, line.number)


def whatsapp_message(place: Place, saying: Saying) -> Post:
    """A WhatsApp message by Twilio."""
    line, number = place.whatsapp, saying.person.address
    more = {"WaId": number.removeprefix("+"), "MessageType": "text"}
    return _twilio_message(place, line, saying, f"whatsapp:{number}", f"whatsapp:{line.number}", **more)


def cloud_message(place: Place, saying: Saying) -> Post:
    """A WhatsApp message by Meta itself."""
    digits = saying.person.address.removeprefix("+")
    message = {
        "from": digits,
        "id": f"wamid.{saying.reference}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": saying.text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "", "phone_number_id": place.cloud.phone_number_id},
        "contacts": [{"profile": {"name": ""}, "wa_id": digits}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    notice = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    body = json.dumps(notice).encode()
    signature = hmac.new(place.cloud.app_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    return Post(place.webhook(place.cloud.channel), body, headers)


def signed(line: TwilioNumber, url: str, fields: dict[str, str]) -> Post:
    """A form as Twilio posts it."""
    request = httpx.Request("POST", url, data=fields)
    signature = RequestValidator(line.auth_token).compute_signature(url, fields)
    headers = {"X-Twilio-Signature": signature, "Content-Type": request.headers["Content-Type"]}
    return Post(url, request.read(), headers)


def _twilio_message(place: Place, line: TwilioNumber, saying: Saying, sender: str, to: str, **more: str) -> Post:
    sid = f"SM{saying.reference}"
    fields = {
        **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid),
        "AccountSid": line.account_sid,
        "From": sender,
        "To": to,
        "Body": saying.text,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        **more,
    }
    return signed(line, place.webhook(line.channel), fields)


def mail(place: Place, saying: Saying, *, answers: str = "") -> Post:
    """A mail as the receiving server hands it over, its sender's domain checked. One subject per person.

    ``answers`` is the Message-ID of the mail it answers.
    """
    address = saying.person.address
    message = EmailMessage()
    message["Authentication-Results"] = f"{place.authserv_id}; dmarc=pass header.from={address.partition('@')[2]}"
    message["From"], message["To"] = address, place.mail_address
    message["Subject"] = "The green tent"
    message["Date"], message["Message-ID"] = MAIL_DATE, f"<{saying.reference}@example.com>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(saying.text)
    headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {place.inbound_secret}"}
    return Post(place.webhook(place.mail_channel), message.as_bytes(), headers)


class Doors:
    """Posts, and posts again."""

    def __init__(self, client: httpx.AsyncClient, traffic: Traffic) -> None:
        self._client = client
        self._traffic = traffic

    async def once(self, post: Post, door: str) -> tuple[int, str]:
        """One attempt; its status, 0 where the connection broke, and what was answered."""
        started_at = time.monotonic()
        try:
            answer = await self._client.post(post.url, content=post.body, headers=post.headers)
        except httpx.TransportError as error:
            return self._traffic.note(door, started_at, 0, repr(error)).status, ""
        return self._traffic.note(door, started_at, answer.status_code, answer.text).status, answer.text

    async def deliver(self, post: Post, door: str) -> str | None:
        """Try until it is accepted; the answer, None where it is refused for good or the patience is over."""
        deadline, pause = time.monotonic() + GIVE_UP_SECONDS, FIRST_PAUSE_SECONDS
        while True:
            status, answer = await self.once(post, door)
            if 0 < status < SERVER_ERROR:
                return answer if status < 300 else None
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
