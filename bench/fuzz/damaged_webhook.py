"""Providers' requests with damaged content, correctly signed: they get past the door, as a provider's mistake would."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from bench.fuzz import damaged_mail
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.twilio_voice import TwilioVoiceAdapter
from tests.channels_ingest.email.esp import requests as esp
from tests.channels_ingest.twilio import requests as twilio
from tests.channels_ingest.whatsapp import requests as whatsapp

_JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, "", " ", "\x00", "x" * 70_000, "é" * 300, "\u202e\ud83d", "1" * 400, "+", "null",
    [], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": []}}, ["x"] * 300, "2026-99-99T99:99:99Z", "<b>x</b>", "Infinity",
)  # fmt: skip
_FORMS = ("twilio sms", "twilio whatsapp", "twilio voice", "mailgun")


@dataclass(frozen=True, slots=True)
class Source:
    """One provider's kind of request: its contents, how they are signed, and who reads them."""

    name: str
    contents: tuple[Any, ...]
    sign: Callable[[Any], RawRequest]
    adapter: Callable[[], ChannelAdapter]


def make(random: Random) -> tuple[Source, str, RawRequest]:
    """A damaged and signed request, who reads it, and how it came to be, in a few words."""
    source = random.choice(sources())
    content, told = copy.deepcopy(random.choice(source.contents)), [source.name]
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        content, damage = _damaged(content, random)
        told.append(damage)
    is_form = isinstance(content, dict) and source.name in _FORMS and "event-data" not in content
    if is_form:
        content = {str(name): _text(value) for name, value in content.items()}
    return source, " ".join(told), source.sign(content)


@cache
def sources() -> tuple[Source, ...]:
    """All of them."""
    texts = [twilio.payload(path.stem) for path in sorted(twilio.PAYLOADS.glob("*.json"))]
    chats = [whatsapp.payload(path.stem) for path in sorted(whatsapp.PAYLOADS.glob("*.json"))]
    by_twilio = tuple(one for one in chats if "entry" not in one)
    found = [
        Source("twilio sms", tuple(texts), twilio.signed_request, twilio.adapter),
        Source("twilio whatsapp", by_twilio, twilio.signed_request, whatsapp.twilio_adapter),
        Source("twilio voice", _calls(), twilio.signed_request, _voice_adapter),
        Source("whatsapp cloud", tuple(one for one in chats if "entry" in one), whatsapp.request, whatsapp.adapter),
    ]
    for service in ("postmark", "mailgun", "sparkpost"):
        contents = tuple(esp.payload(name) for name in esp.names(service))
        found.append(Source(service, contents, _signer(service), _reader(service)))
    return tuple(found)


def _signer(service: str) -> Callable[[Any], RawRequest]:
    def sign(content: Any) -> RawRequest:
        if service == "mailgun" and not isinstance(content, dict):
            content = {"junk": _text(content)}
        return esp.request(content, service=service)

    return sign


def _reader(service: str) -> Callable[[], ChannelAdapter]:
    return lambda: esp.adapter(service)


def _calls() -> tuple[dict[str, str], ...]:
    known = {"CallSid": "CA" + "1" * 32, "AccountSid": twilio.ACCOUNT, "From": twilio.JO, "To": twilio.OUR_NUMBER}
    said = {"SpeechResult": "Where is my parcel?", "Confidence": "0.9"}
    recorded = {"RecordingSid": "RE" + "1" * 32, "RecordingUrl": "https://api.twilio.com/x", "RecordingDuration": "42"}
    return (
        {**known, "CallStatus": "ringing", "Direction": "inbound"},
        {**known, "CallStatus": "in-progress", **said},
        {**known, "CallStatus": "in-progress", "Digits": "1"},
        {**known, "CallStatus": "completed", "CallDuration": "102"},
        {**known, "CallStatus": "in-progress", **recorded},
    )


def _voice_adapter() -> ChannelAdapter:
    made = twilio.adapter()
    return TwilioVoiceAdapter(made.connection)


def _damaged(content: Any, random: Random) -> tuple[Any, str]:
    places = list(_places(content))
    if not places:
        return random.choice(_JUNK), "replaced"
    holder, key = random.choice(places)
    damage = random.choice(("drop", "junk", "junk", "text", "mail", "add", "double", "swap"))
    if damage == "drop":
        del holder[key]
    elif damage == "junk":
        holder[key] = copy.deepcopy(random.choice(_JUNK))
    elif damage == "text":
        holder[key] = damaged_mail.flip_bytes(str(holder[key])[:5_000].encode("utf-8", "replace"), random).decode(
            "utf-8", "replace"
        )
    elif damage == "mail":
        holder[key] = damaged_mail.make(random)[1][:200_000].decode("latin-1")
    elif damage == "add" and isinstance(holder, dict):
        holder[f"Tomorrow{random.randrange(9)}"] = copy.deepcopy(random.choice(_JUNK))
    elif damage == "double" and isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[key]) for _ in range(random.choice((1, 3, 40))))
    else:
        other_holder, other_key = random.choice(places)
        moved = copy.deepcopy(other_holder[other_key])
        holder[key] = moved
    return content, damage


def _places(content: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    if depth > 12:
        return []
    keys = list(content) if isinstance(content, dict) else range(len(content)) if isinstance(content, list) else ()
    found = [(content, key) for key in keys]
    for key in list(keys)[:50]:
        found += _places(content[key], depth + 1)
    return found


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    # What a form carries is bytes of UTF-8, so it holds no half characters.
    return text.encode("utf-8", "replace").decode("utf-8")
