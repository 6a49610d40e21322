"""Telephone calls by Twilio: what comes in, what was said, how it ended, what was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import parse_qs

from django.conf import settings

from channels_ingest.adapters import twilio_call_check, twilio_fields
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField, Door
from channels_ingest.adapters.failures import Permanent, Unreadable
from channels_ingest.adapters.incoming import (
    Answer,
    CallTurnRef,
    CallUpdate,
    Ignored,
    InboundAttachment,
    InboundItem,
    InboundMessage,
    RawRequest,
    Sender,
)
from channels_ingest.adapters.outgoing import OutboundMessage, SendResult
from channels_ingest.adapters.twilio_api import DEFAULT_BASE_URL, TwilioApi
from channels_ingest.adapters.twilio_fields import Fields
from channels_ingest.adapters.twilio_media import MediaSource, fetch_media
from channels_ingest.adapters.twilio_messages import TwilioMessagesAdapter
from channels_ingest.adapters.twilio_origin import check_origin
from channels_ingest.voice.hearing import CHOICES, At, Heard, hear
from customers.addresses import normalise_phone
from customers.assurance import Assurance

MAX_ADDRESS_LENGTH = 100
MAX_WORDS_LENGTH = 4000
# The query of our own action URLs, which Twilio signs with the rest.
TURN, AT, WAIT = "turn", "at", "wait"
ENDED = {"completed": "ended", "busy": "failed", "failed": "failed", "no-answer": "ended", "canceled": "ended"}
# What agents read where somebody pressed a key instead of speaking; the tier-1 understands it.
PRESSED_PERSON = "Pressed 0 to talk to a person."
PRESSED = {Heard.YES: "Pressed 1: yes.", Heard.NO: "Pressed 2: no.", Heard.CALL_BACK: "Pressed 1: call me back."}
_SID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class TwilioVoiceAdapter(ChannelAdapter):
    """A number that can be called. What is said to a caller is the answer to Twilio's own requests."""

    provider: ClassVar[str] = "twilio_voice"
    channel_kind: ClassVar[str] = "phone"
    label: ClassVar[str] = "Phone (Twilio)"
    beforehand: ClassVar[str] = "A Twilio account with a number that can be called, and its account SID and auth token."
    fields: ClassVar[tuple[ConnectionField, ...]] = tuple(
        field for field in TwilioMessagesAdapter.fields if field.name != "messaging_service_sid"
    )

    def verify(self, request: RawRequest) -> None:
        """Signed by our account, and about it."""
        check_origin(request, self.connection.credentials)

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """A call, a turn in it, its end, or a recording: told apart by their fields and by our own query."""
        fields = twilio_fields.read_fields(request)
        call_id = fields.get("CallSid", "")
        if not _SID.fullmatch(call_id):
            raise Unreadable("This is no call from Twilio: it has no CallSid.", code="no_call_sid")
        ref = _ref(fields, request)
        if "RecordingStatus" in fields:
            return [_recording_status(fields, ref)]
        if ref.at == At.RECORDED and fields.get("RecordingUrl"):
            return [_recording(fields, ref)]
        status = fields.get("CallStatus", "").strip().lower()
        if not ref.at and status in ENDED:
            return [CallUpdate(ref, ENDED[status], _sender(fields), seconds=_number(fields.get("CallDuration", "")))]
        if request.path.endswith("/status/"):
            return [Ignored(f"Twilio reports that the call is {status or 'going on'}.")]
        return [_said(fields, ref)]

    def live_turn(self, request: RawRequest) -> CallTurnRef | None:
        """Every request to the number's own address, but for the report of its end."""
        fields = twilio_fields.read_fields(request)
        ref = _ref(fields, request)
        is_over = not ref.at and fields.get("CallStatus", "").strip().lower() in ENDED
        return None if is_over or request.path.endswith("/status/") or "RecordingStatus" in fields else ref

    def send(self, message: OutboundMessage) -> SendResult:
        """What is said to a caller is taken by the call itself."""
        raise Permanent("On the phone only who is on the line can be answered.", code="no_call")

    def answer(self, request: RawRequest) -> Answer:
        """An empty document: status callbacks wait for no words."""
        return Answer(content_type="text/xml", body="<Response/>")

    def fetch(self, attachment: InboundAttachment) -> InboundAttachment:
        """A recording, from the account's own API."""
        source = MediaSource(self._base_url(), self._credential("account_sid"), self._credential("auth_token"))
        return fetch_media(attachment, source)

    def doors(self, public_urls: list[str]) -> Iterator[Door]:
        """As the Twilio console calls them."""
        path = f"/webhooks/{self.connection.channel_id}/"
        for url in public_urls:
            yield Door("A call comes in", url + path, "In the number's settings at Twilio (HTTP POST).")
        for url in public_urls:
            yield Door("Call status changes", f"{url}{path}status/", "In the same place (HTTP POST).")

    def check(self) -> Iterator[CheckResult]:
        """The account, our number on it, and where Twilio asks what to say."""
        channel = self.connection.channel
        api = TwilioApi(self._credential("account_sid"), self._credential("auth_token"), self._base_url())
        urls = [f"{url}/webhooks/{channel.pk}/" for url in settings.PUBLIC_URLS]
        return twilio_call_check.check(api, number=channel.address, webhook_urls=urls)

    def _base_url(self) -> str:
        return str(self.connection.settings.get("base_url") or DEFAULT_BASE_URL)

    def _credential(self, name: str) -> str:
        return str(self.connection.credentials.get(name) or "")


def _ref(fields: Fields, request: RawRequest) -> CallTurnRef:
    query = parse_qs(request.query, max_num_fields=50) if request.query.count("&") < 50 else {}
    at = query.get(AT, [""])[0]
    ref = CallTurnRef(
        fields.get("CallSid", ""),
        number=_number(query.get(TURN, [""])[0]) or 0,
        at=at if at in set(At) else "",
        wait=_number(query.get(WAIT, [""])[0]) or 0,
    )
    return replace(ref, heard=_heard(fields, ref))


def _heard(fields: Fields, ref: CallTurnRef) -> str:
    """What the caller's words or keys mean where she was asked; nothing at steps that are our own."""
    if not ref.at or ref.wait:
        return Heard.NOTHING
    if ref.at == At.RECORDED:
        has_sound = fields.get("RecordingUrl") and _number(fields.get("RecordingDuration", "")) != 0
        return Heard.RECORDING if has_sound else Heard.NOTHING
    return hear(ref.at, words=_words(fields), digits=_digits(fields), confidence=_confidence(fields))


def _said(fields: Fields, ref: CallTurnRef) -> InboundItem:
    """What the caller said or pressed; silence and steps of our own are no message."""
    sender, digits = _sender(fields), _digits(fields)
    if ref.heard in (Heard.NOTHING, Heard.RECORDING):
        return CallUpdate(ref, "turn", sender)
    pressed = PRESSED_PERSON if ref.heard == Heard.PERSON else PRESSED.get(Heard(ref.heard), "")
    return InboundMessage(
        provider_message_id=f"{ref.call_id}:{ref.number}",
        sender=sender,
        recipient=fields.get("To", "").strip()[:MAX_ADDRESS_LENGTH],
        text=pressed if digits else _words(fields),
        call=ref,
        heard_confidence=None if digits else _confidence(fields),
        not_work=ref.heard if ref.heard in CHOICES else "",
        facts=twilio_fields.facts_of(fields),
    )


def _recording_status(fields: Fields, ref: CallTurnRef) -> InboundItem:
    status = fields["RecordingStatus"].strip().lower()
    if status == "completed":
        return _recording(fields, ref)
    return Ignored(f"Twilio reports that a recording is {status[:20] or 'going on'}.")


def _recording(fields: Fields, ref: CallTurnRef) -> InboundItem:
    """A message left after the tone. It is told twice, in either order: its id makes it one."""
    sid, url = fields.get("RecordingSid", ""), fields.get("RecordingUrl", "").strip()
    if not _SID.fullmatch(sid) or not url:
        raise Unreadable("A recording without an id or an address.", code="no_recording")
    seconds = _number(fields.get("RecordingDuration", ""))
    if seconds == 0:
        return CallUpdate(ref, "turn", _sender(fields))
    length = f", {seconds // 60}:{seconds % 60:02}" if seconds else ""
    return InboundMessage(
        provider_message_id=sid,
        sender=_sender(fields),
        recipient=fields.get("To", "").strip()[:MAX_ADDRESS_LENGTH],
        text=f"Voicemail{length}",
        attachments=(InboundAttachment("voicemail.mp3", "audio/mpeg", url=f"{url.removesuffix('.mp3')}.mp3"),),
        call=ref,
        facts=twilio_fields.facts_of(fields),
    )


def _sender(fields: Fields) -> Sender | None:
    """The caller's number, which proves nothing. A withheld one, a SIP address or a client of ours is nobody."""
    seen = fields.get("From", "").strip()[:MAX_ADDRESS_LENGTH]
    number = None if ":" in seen else normalise_phone(seen)
    return Sender("phone", number, address_as_seen=seen, assurance=Assurance.PRESENTED) if number else None


def _words(fields: Fields) -> str:
    return fields.get("SpeechResult", "").strip()[:MAX_WORDS_LENGTH]


def _digits(fields: Fields) -> str:
    return fields.get("Digits", "").strip()[:20]


def _confidence(fields: Fields) -> float | None:
    text = fields.get("Confidence", "").strip()
    if not re.fullmatch(r"[01](?:\.\d{1,20})?", text):
        return None
    return round(min(float(text), 1.0), 3)


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
