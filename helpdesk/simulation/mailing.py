"""Mail: in as raw MIME, as a receiving mail server hands it over; out as the mail double kept it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

import httpx

from helpdesk.simulation.place import Place
from helpdesk.simulation.waiting import DidNotHappen, until

_CODE = re.compile(r"\b\d{6}\b")


class Mailbox:
    """One person's mail."""

    def __init__(self, place: Place, name: str, address: str) -> None:
        self.address = address
        self._name = name
        self._place = place
        self._client = httpx.Client(timeout=20, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def write(self, subject: str, text: str, *, answering: dict[str, Any] | None = None) -> None:
        """Send a mail that our server found to be her domain's (DMARC); an answer goes where Reply-To says."""
        domain = self.address.rpartition("@")[2]
        mail = EmailMessage()
        mail["Authentication-Results"] = f"{self._place.authserv_id}; dmarc=pass header.from={domain}"
        mail["From"] = f"{self._name} <{self.address}>"
        mail["To"] = (answering and answering["reply_to"]) or self._place.mail_address
        mail["Subject"] = subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain=domain)
        if answering:
            mail["In-Reply-To"] = answering["message_id"]
            mail["References"] = " ".join([answering["references"], answering["message_id"]]).strip()
            text += _quoted(answering)
        mail.set_content(text)
        headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {self._place.inbound_secret}"}
        url = self._place.webhook(self._place.mail_channel)
        answer = self._client.post(url, content=mail.as_bytes(), headers=headers)
        if answer.status_code != httpx.codes.OK:
            raise DidNotHappen(f"The mail webhook answered {answer.status_code}: {answer.text[:300]}")

    def received(self) -> list[dict[str, Any]]:
        """What was sent to this address, oldest first."""
        log = self._client.get(f"{self._place.mail_double}/log").json()
        return [mail for mail in log["messages"] if self.address in mail["envelope_to"]]

    def code(self) -> str:
        """The newest code that came by mail."""
        return until(lambda: _newest_code([one["text"] for one in self.received()]), "A code by mail")

    def has_received(self, words: str) -> dict[str, Any]:
        """The mail with these words; waits for it."""

        def look() -> dict[str, Any] | None:
            return next((one for one in self.received() if words in one["text"]), None)

        return until(look, f"A mail to {self.address} with {words!r}")


def _quoted(mail: dict[str, Any]) -> str:
    lines = "\n".join(f"> {line}" for line in mail["text"].splitlines())
    return f"\n\nOn Monday, {mail['from']} wrote:\n{lines}\n"


def _newest_code(bodies: list[str]) -> str | None:
    codes = [found.group() for body in bodies if (found := _CODE.search(body))]
    return codes[-1] if codes else None
