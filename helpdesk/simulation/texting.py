"""Text messages: in by Twilio's signed webhook, out as Twilio's double saw them."""

from __future__ import annotations

import re
import secrets
from typing import Any

import httpx
from twilio.request_validator import RequestValidator

from helpdesk.simulation.place import Place
from helpdesk.simulation.waiting import DidNotHappen, until

_CODE = re.compile(r"\b\d{6}\b")


class Phone:
    """One person's phone."""

    def __init__(self, place: Place, number: str) -> None:
        self.number = number
        self._place = place
        self._client = httpx.Client(timeout=20, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def text(self, words: str) -> str:
        """Send a text, signed as Twilio signs; its SID."""
        sid = f"SM{secrets.token_hex(16)}"
        fields = {
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid),
            "AccountSid": self._place.account_sid,
            "From": self.number,
            "To": self._place.sms_number,
            "Body": words,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        url = self._place.webhook(self._place.sms_channel)
        signature = RequestValidator(self._place.auth_token).compute_signature(url, fields)
        answer = self._client.post(url, data=fields, headers={"X-Twilio-Signature": signature})
        if answer.status_code != httpx.codes.OK:
            raise DidNotHappen(f"The SMS webhook answered {answer.status_code}: {answer.text[:300]}")
        return sid

    def received(self) -> list[dict[str, Any]]:
        """What was sent to this number, oldest first."""
        log = self._client.get(f"{self._place.twilio_double}/log").json()
        return [message for message in log["messages"] if message["to"] == self.number]

    def code(self) -> str:
        """The newest code that came by text."""
        return until(lambda: _newest_code([one["body"] for one in self.received()]), "A code by text")

    def has_received(self, words: str) -> dict[str, Any]:
        """The text with these words; waits for it."""

        def look() -> dict[str, Any] | None:
            return next((one for one in self.received() if words in one["body"]), None)

        return until(look, f"A text to {self.number} with {words!r}")


def _newest_code(bodies: list[str]) -> str | None:
    codes = [found.group() for body in bodies if (found := _CODE.search(body))]
    return codes[-1] if codes else None
