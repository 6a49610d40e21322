"""A caller at our door: posts as Twilio does, and reads what it is told as Twilio does."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from twilio.request_validator import RequestValidator

from channels_ingest import processing
from conversations.models import Call, Channel, Message
from tests import build
from tests.channels_ingest.signing import CLIENT, FORM

_numbers = itertools.count(1)


class Caller:
    """One call. ``heard`` is the document the last answer held."""

    def __init__(self, to: Channel, number: str = build.JO_PHONE) -> None:
        self.channel, self.number = to, number
        self.sid = f"CA{next(_numbers):032}"
        self.heard: Any = None
        self.document = ""

    def call(self) -> str:
        """Ring; what is said first."""
        return self._post(f"/webhooks/{self.channel.pk}/", CallStatus="ringing", Direction="inbound")

    def say(self, words: str, confidence: str = "0.92") -> str:
        """Speak where we listen."""
        return self._post(self._action("Gather"), SpeechResult=words, Confidence=confidence)

    def press(self, digits: str) -> str:
        return self._post(self._action("Gather"), Digits=digits)

    def keep_silent(self) -> str:
        """Come on to what follows the question: a redirect, or the tone."""
        redirect = self.heard.find("Redirect") if self.heard.find("Record") is None else None
        return self._post(redirect.text) if redirect is not None else ""

    def wait(self) -> str:
        """Follow the redirect after a filler."""
        return self._post(self.heard.find("Redirect").text)

    def leave_message(self, seconds: int = 42, recording: str = "RE" + "1" * 32, digits: str = "#") -> str:
        told = {**self.recording(seconds, recording), "Digits": digits}
        return self._post(self._action("Record"), True, **told)

    def recording(self, seconds: int = 42, recording: str = "RE" + "1" * 32) -> dict[str, str]:
        url = f"https://api.twilio.com/2010-04-01/Accounts/{build.TWILIO['account_sid']}/Recordings/{recording}"
        return {"RecordingSid": recording, "RecordingUrl": url, "RecordingDuration": str(seconds)}

    def hang_up(self, seconds: int = 102, status: str = "completed") -> None:
        self._post(f"/webhooks/{self.channel.pk}/status/", CallStatus=status, CallDuration=str(seconds))
        work()

    def recording_done(self, **more: str) -> None:
        """Twilio reports a recording: without the caller's number."""
        path = f"/webhooks/{self.channel.pk}/status/"
        self._post(path, False, **{"RecordingStatus": "completed", **self.recording(), **more})
        work()

    @property
    def row(self) -> Call:
        return Call.objects.get(provider_call_id=self.sid)

    @property
    def said(self) -> list[Message]:
        """What the caller said, as it is kept."""
        return list(Message.objects.filter(call=self.row, direction="inbound").order_by("pk"))

    def repeat(self) -> str:
        """Twilio sends the same request again."""
        return self._send(*self._last)

    def fields(self, **more: str) -> dict[str, str]:
        known = {"CallSid": self.sid, "AccountSid": build.TWILIO["account_sid"], "To": self.channel.address}
        return {**known, "CallStatus": "in-progress", **more}

    def _action(self, verb: str) -> str:
        found = next(one for one in self.heard.iter(verb))
        return str(found.get("action"))

    def _post(self, url: str, is_from_caller: bool = True, **more: str) -> str:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        more = {"From": self.number, **more} if is_from_caller else more
        self._last = (path, self.fields(**more))
        return self._send(*self._last)

    def _send(self, path: str, fields: dict[str, str]) -> str:
        signed = RequestValidator(build.TWILIO["auth_token"]).compute_signature(settings.PUBLIC_URL + path, fields)
        response = CLIENT.post(
            path, urlencode(fields).encode(), content_type=FORM, headers={"x-twilio-signature": signed}
        )
        assert response.status_code == 200, response.content
        assert response.headers["content-type"] == "text/xml"
        self.document = response.content.decode()
        self.heard = ElementTree.fromstring(self.document)  # noqa: S314 - our own document
        return spoken(self.heard)


def work() -> None:
    """What the worker does with reports for which nobody waits."""
    for event_id in processing.due():
        processing.process(event_id)


def spoken(document: Any) -> str:
    """All that is said, in order."""
    return " ".join(one.text or "" for one in document.iter("Say"))
