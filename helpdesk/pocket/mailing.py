"""Mail: in as raw MIME, as her provider's server hands it over; out as the mail double kept it."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

from helpdesk.pocket import far_side
from helpdesk.pocket.doors import Doors
from helpdesk.pocket.errors import CannotDo
from helpdesk.pocket.people import Player

LONGEST_SUBJECT, LONGEST_TEXT = 200, 8_000


def send(player: Player, doors: Doors, *, subject: str, text: str, answering: str = "") -> str:
    """A new mail to the shop, or an answer to the mail with the Message-ID ``answering``; its Message-ID."""
    if doors.email is None:
        raise CannotDo("This demo has no mailbox.")
    subject = " ".join(subject.split())
    if not text or len(text) > LONGEST_TEXT or len(subject) > LONGEST_SUBJECT:
        raise CannotDo(f"A mail has 1 to {LONGEST_TEXT} characters, its subject at most {LONGEST_SUBJECT}.")
    original = _original(player, doors, answering) if answering else None
    mail = _letter(player, doors.email.authserv_id, to=doors.email.address, subject=subject or "(no subject)")
    if original:
        _thread(mail, original)
        text += _quoted(original)
    mail.set_content(text)
    far_side.deliver_mail(doors.webhook(doors.email.channel), doors.email.inbound_secret, mail.as_bytes())
    return str(mail["Message-ID"])


def received(player: Player, doors: Doors) -> list[dict[str, Any]]:
    """What came to her mailbox, oldest first: ``id, from, subject, text, at``."""
    return [
        {"id": one["message_id"], "from": one["from"], "subject": one["subject"], "text": one["text"], "at": one["at"]}
        for one in _mails(player, doors)
    ]


def _mails(player: Player, doors: Doors) -> list[dict[str, Any]]:
    log = far_side.get(f"{doors.mail_log}/log", {"to": [player.email]})
    return [one for one in log["messages"] if player.email in (to.lower() for to in one["envelope_to"])]


def _original(player: Player, doors: Doors, message_id: str) -> dict[str, Any]:
    for mail in _mails(player, doors):
        if mail["message_id"] == message_id:
            return mail
    raise CannotDo("That mail is no longer on the mail server. Write a new one.")


def _letter(player: Player, authserv_id: str, *, to: str, subject: str) -> EmailMessage:
    local, _, domain = player.email.partition("@")
    mail = EmailMessage()
    # What the shop's own mail server found: the mail is from whom it says (DMARC).
    mail["Authentication-Results"] = f"{authserv_id}; dmarc=pass header.from={domain}"
    mail["From"] = Address(player.name, local, domain)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=domain)
    return mail


def _thread(mail: EmailMessage, original: dict[str, Any]) -> None:
    mail["In-Reply-To"] = original["message_id"]
    mail["References"] = " ".join([original["references"], original["message_id"]]).strip()
    if original["reply_to"]:
        mail.replace_header("To", original["reply_to"])


def _quoted(original: dict[str, Any]) -> str:
    lines = "\n".join(f"> {line}" for line in original["text"].splitlines())
    return f"\n\nOn {original['at'][:10]}, {original['from']} wrote:\n{lines}\n"
