"""Texts, WhatsApp messages and calls: in by Twilio's signed webhooks, out as Twilio's double saw them."""

from __future__ import annotations

import re
import secrets
from typing import Any

import httpx
from twilio.request_validator import RequestValidator

from helpdesk.simulation.place import Place, TwilioNumber
from helpdesk.simulation.waiting import DidNotHappen, until

CALL_SECONDS = 120.0
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
        place = self._place
        line = TwilioNumber(place.sms_channel, place.sms_number, place.account_sid, place.auth_token)
        return self._send(line, words, self.number, line.number)

    def whatsapp(self, words: str, name: str) -> str:
        """Send a WhatsApp message, with the name of her profile; its SID."""
        line = self._place.whatsapp
        more = {"ProfileName": name, "WaId": self.number.removeprefix("+"), "MessageType": "text"}
        return self._send(line, words, f"whatsapp:{self.number}", f"whatsapp:{line.number}", **more)

    def call(self, *says: str) -> list[str]:
        """Call the shop, say this when asked, hang up; what was heard meanwhile, line by line."""
        line = self._place.phone_line
        wanted = {
            "account_sid": line.account_sid,
            "from": self.number,
            "to": line.number,
            "url": self._place.webhook(line.channel),
            "says": list(says),
        }
        answer = self._client.post(f"{self._place.twilio_double}/simulate/call", json=wanted, timeout=CALL_SECONDS)
        if answer.status_code != httpx.codes.OK:
            raise DidNotHappen(f"The call was answered {answer.status_code}: {answer.text[:300]}")
        heard: list[str] = answer.json()["heard"]
        return heard

    def _send(self, line: TwilioNumber, words: str, sender: str, to: str, **more: str) -> str:
        sid = f"SM{secrets.token_hex(16)}"
        fields = {
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid),
            "AccountSid": line.account_sid,
            "From": sender,
            "To": to,
            "Body": words,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            **more,
        }
        url = self._place.webhook(line.channel)
        signature = RequestValidator(line.auth_token).compute_signature(url, fields)
        answer = self._client.post(url, data=fields, headers={"X-Twilio-Signature": signature})
        if answer.status_code != httpx.codes.OK:
            raise DidNotHappen(f"The webhook of {to} answered {answer.status_code}: {answer.text[:300]}")
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
