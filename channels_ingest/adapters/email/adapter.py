"""E-mail behind the one interface: raw mail comes in over HTTP or a pipe, answers leave over SMTP."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField, Door
from channels_ingest.adapters.email import bounce_words, dns_texts, sender_check
from channels_ingest.adapters.email.bounces import BounceReport, original_message_id, read_bounce
from channels_ingest.adapters.email.compose import as_wire_bytes, compose, envelope_address
from channels_ingest.adapters.email.dkim_check import may_be_asked
from channels_ingest.adapters.email.inbound import MailReader
from channels_ingest.adapters.email.machines import kind_of_machine
from channels_ingest.adapters.email.mime import ParsedMail, parse_mail
from channels_ingest.adapters.email.references import new_message_id
from channels_ingest.adapters.email.smtp import SmtpServer, open_session, send_mail
from channels_ingest.adapters.failures import AdapterError, InvalidSignature, Permanent, Unreadable
from channels_ingest.adapters.incoming import DeliveryUpdate, Ignored, InboundItem, RawRequest
from channels_ingest.adapters.outgoing import OutboundMessage, SendResult

_STATES = {"failed": "failed", "delivered": "delivered", "relayed": "sent", "expanded": "sent"}


class EmailAdapter(ChannelAdapter):
    """Raw MIME in, SMTP out.

    Settings: ``smtp_host``, ``smtp_port``, ``smtp_security``; ``authserv_id``, the name of our receiving
    mail server in its Authentication-Results; ``relay_senders``, addresses of forms and relays that write in
    others' names; ``has_reply_marker``. Credentials: ``inbound_secret``, ``smtp_user``, ``smtp_password``.
    """

    provider = "email"
    channel_kind = "email"
    sends_copies = True
    label = "Email (raw MIME in, SMTP out)"
    beforehand: ClassVar[str] = (
        "A mailbox's address, the SMTP server it sends by, and a mail server that can hand mail on to us."
    )
    fields: ClassVar[tuple[ConnectionField, ...]] = (
        ConnectionField(
            "inbound_secret",
            "Inbound secret",
            "Your mail server shows it when it hands us a mail. Made for you if you enter none.",
            is_required=True,
            is_credential=True,
            is_secret=True,
            is_generated=True,
        ),
        ConnectionField("smtp_host", "SMTP server", "Where answers leave by, such as smtp.example.com.", True),
        ConnectionField("smtp_port", "SMTP port", "Empty: 587, 465 with TLS, 25 without encryption.", form="number"),
        ConnectionField(
            "smtp_security",
            "SMTP encryption",
            form="choice",
            choices=(("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "None")),
            default="starttls",
        ),
        ConnectionField("smtp_user", "SMTP user", is_credential=True),
        ConnectionField("smtp_password", "SMTP password", is_credential=True, is_secret=True),
        ConnectionField(
            "authserv_id",
            "Name of your receiving server",
            "As it calls itself in Authentication-Results. Without it only signatures (DKIM) verify senders.",
        ),
        ConnectionField(
            "relay_senders",
            "Forms and relays",
            "Addresses that write in others' names, one a line: a contact form's, a marketplace's.",
            form="lines",
            is_advanced=True,
        ),
        ConnectionField(
            "has_reply_marker",
            "Ask to reply above a line",
            "Puts a line above the quoted text that helps to tell what is new.",
            form="flag",
            is_advanced=True,
        ),
    )

    def verify(self, request: RawRequest) -> None:
        """The bearer token must be the connection's inbound secret."""
        expected = str(self.connection.credentials.get("inbound_secret") or "")
        scheme, _, given = request.header("authorization").partition(" ")
        matches = hmac.compare_digest(given.strip().encode("utf-8", "replace"), expected.encode("utf-8"))
        if not expected or scheme.lower() != "bearer" or not matches:
            raise InvalidSignature("The Authorization header does not carry this channel's inbound secret.")

    def accepted_authorizations(self) -> Iterator[str]:
        """The inbound secret as a bearer token."""
        if secret := str(self.connection.credentials.get("inbound_secret") or ""):
            yield f"Bearer {secret}"

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """One message, or what became of mails that we sent."""
        if request.content_type != "message/rfc822":
            raise Unreadable("Raw mail must come with Content-Type: message/rfc822.")
        mail = parse_mail(request.body)
        if not mail.headers.fields:
            raise Unreadable("This is no mail: it has no headers.")
        return self.read(mail, request)

    def inquire(self, request: RawRequest) -> dict[str, str]:
        """Who signed the mail, where no server of ours has checked that."""
        texts = dns_texts.texts()
        if texts is None or not may_be_asked(request.body):
            return {}
        return self._inquired(request.body, texts, request.received_at)

    def _inquired(self, raw: bytes, texts: dns_texts.Texts, at: datetime) -> dict[str, str]:
        return sender_check.find_out(parse_mail(raw), raw, texts, authserv_id=self._authserv_id, at=at)

    @property
    def _authserv_id(self) -> str:
        return str(self.connection.settings.get("authserv_id") or "")

    def read(self, mail: ParsedMail, request: RawRequest, *, envelope_sender: str | None = None) -> list[InboundItem]:
        """What a mail says. ``request`` has the raw mail as its body; the sender is None where unknown."""
        automatic = kind_of_machine(mail, envelope_sender=envelope_sender)
        if automatic == "bounce" and (updates := self._updates(read_bounce(mail))):
            return updates
        if automatic == "complaint" and (about := original_message_id(mail)):
            # Whoever complains has the mail, and wants no more. Who doesn't know its id can't complain of it.
            return [DeliveryUpdate(about, "delivered", is_opt_out=True)]
        return [MailReader(self.connection).message(mail, request, automatic=automatic)]

    def send(self, message: OutboundMessage) -> SendResult:
        """Hand the mail to the SMTP server; its Message-ID is what the delivery is known by."""
        server = self.smtp_server()
        try:
            mail = compose(message, has_reply_marker=bool(self.connection.settings.get("has_reply_marker")))
            content = as_wire_bytes(mail)
            sender, recipient = envelope_address(message.from_address), envelope_address(message.to_address)
        except ValueError as error:
            raise Permanent(f"This mail can't be written: {error}") from error
        shown = (one.address.rpartition("@")[0] for one in (*message.to, *message.cc))
        needs_utf8 = not (sender + recipient + "".join(shown)).isascii()
        send_mail(server, from_address=sender, to_address=recipient, content=content, needs_utf8=needs_utf8)
        return SendResult(str(mail["Message-ID"]))

    def smtp_server(self) -> SmtpServer:
        """Where mail leaves. Raises Misconfigured."""
        return SmtpServer.of(self.connection.settings, self.connection.credentials)

    def new_message_id(self) -> str:
        """A Message-ID in the domain that the channel writes from."""
        return new_message_id(envelope_address(self.connection.channel.address).rpartition("@")[2])

    def check(self) -> Iterator[CheckResult]:
        """Whether mail can leave, and whether its senders can be told apart when it comes."""
        yield self._check_smtp()
        has_secret = bool(self.connection.credentials.get("inbound_secret"))
        yield CheckResult("Inbound secret", has_secret, "" if has_secret else "Make one; without it no mail is taken.")
        yield self._check_sender_verification()

    def doors(self, public_urls: list[str]) -> Iterator[Door]:
        """Raw mail over HTTP, or by a pipe on this host."""
        channel_id = self.connection.channel_id
        for url in public_urls:
            yield Door(
                "Raw mail by HTTP",
                f"{url}/webhooks/{channel_id}/",
                "POST each mail as it came, with Content-Type: message/rfc822 and the header "
                "Authorization: Bearer and the inbound secret.",
            )
        command = f"manage.py receive_email --channel {channel_id}"
        yield Door("Raw mail by a pipe", command, "For a mail server on this host: the mail on standard input.")

    def _check_smtp(self) -> CheckResult:
        domain = self.connection.channel.address.rpartition("@")[2]
        try:
            with open_session(self.smtp_server(), local_hostname=domain) as session:
                session.noop()
        except AdapterError as error:
            return CheckResult("SMTP server", is_ok=False, what_to_do=error.text)
        return CheckResult("SMTP server", is_ok=True)

    def _check_sender_verification(self) -> CheckResult:
        has_id = bool(self.connection.settings.get("authserv_id"))
        advice = "Name your mail server as Authentication-Results does; else only DKIM proves who wrote."
        return CheckResult("Sender verification", has_id, "" if has_id else advice)

    def _updates(self, reports: tuple[BounceReport, ...]) -> list[InboundItem]:
        """What the reports say of mails of ours; empty where they don't name one, so that a person sees them."""
        if not any(report.original_message_id for report in reports):
            return []
        return [_update(report) for report in reports]


def _update(report: BounceReport) -> InboundItem:
    state = _STATES.get(report.action)
    if state is None:
        return Ignored(f"The mail to {report.recipient or 'its recipient'} is {report.action}; its server still tries.")
    facts: dict[str, Any] = {}
    if state == "failed":
        meaning = bounce_words.explain(report.status, report.diagnostic)
        facts = {
            "error_code": report.status,
            "error_text": meaning.text,
            "address_health": meaning.address_health,
        }
    return DeliveryUpdate(report.original_message_id, state, recipient=report.recipient, **facts)
