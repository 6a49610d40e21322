"""What every kind of Twilio message shares: signature, reading, sending, looking up, files, live test.

A kind (SMS, WhatsApp) says how its addresses are written and what a sender's address proves.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings

from channels_ingest.adapters import (
    listed,
    twilio_check,
    twilio_content,
    twilio_fields,
    twilio_lookup,
    twilio_received,
)
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField
from channels_ingest.adapters.failures import InvalidSignature, OutcomeUnknown, Permanent, Unreadable
from channels_ingest.adapters.incoming import (
    Answer,
    Ignored,
    InboundAttachment,
    InboundItem,
    InboundMessage,
    RawRequest,
    ReceivedMessage,
    ReceivedPage,
    Sender,
)
from channels_ingest.adapters.outgoing import OutboundMessage, SendResult
from channels_ingest.adapters.twilio_api import (
    DEFAULT_BASE_URL,
    READ_SECONDS,
    Json,
    TwilioApi,
)
from channels_ingest.adapters.twilio_fields import Fields
from channels_ingest.adapters.twilio_media import MediaSource, fetch_media
from channels_ingest.adapters.twilio_origin import check_origin

MAX_MEDIA_COUNT = 10
_SID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class TwilioMessagesAdapter(ChannelAdapter):
    """Credentials: account_sid, auth_token, and previous_auth_token while the token is being changed.

    Settings: base_url (default Twilio's own), messaging_service_sid, read_timeout_seconds.
    """

    fields: ClassVar[tuple[ConnectionField, ...]] = (
        ConnectionField(
            "account_sid",
            "Account SID",
            "On the first page of the Twilio console. It begins with AC.",
            is_required=True,
            is_credential=True,
        ),
        ConnectionField(
            "auth_token",
            "Auth token",
            "Beside the account SID. Twilio signs its requests with it.",
            is_required=True,
            is_credential=True,
            is_secret=True,
        ),
        ConnectionField(
            "previous_auth_token",
            "Previous auth token",
            "While you change the token: requests signed with the old one count too.",
            is_credential=True,
            is_secret=True,
            is_advanced=True,
        ),
        ConnectionField(
            "messaging_service_sid",
            "Messaging Service SID",
            "If the number is in a Messaging Service. It begins with MG.",
            is_advanced=True,
        ),
        ConnectionField(
            "base_url",
            "API address",
            "Where Twilio is reached through a proxy of yours.",
            form="url",
            default=DEFAULT_BASE_URL,
            is_advanced=True,
        ),
    )
    has_prices: ClassVar[bool] = True
    lists_received: ClassVar[bool] = True

    @abstractmethod
    def read_sender(self, fields: Fields) -> tuple[Sender | None, dict[str, str]]:
        """Who wrote, and facts about a sender that can't be a person."""

    @abstractmethod
    def to_wire(self, address: str) -> str:
        """An address of ours as Twilio writes it on this channel."""

    @abstractmethod
    def from_wire(self, address: str) -> str:
        """The reverse of ``to_wire``."""

    # --- In

    def verify(self, request: RawRequest) -> None:
        """Signed by our account, and about it; or found by ourselves in Twilio's list."""
        if listed.is_listed(request):
            if not listed.is_ours(request, self.connection.pk):
                raise InvalidSignature("We did not fetch this from Twilio's list.", code="not_listed")
            return
        check_origin(request, self.connection.credentials)

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """A message or a delivery status, told apart by their fields: both may come to either URL."""
        fields = twilio_fields.read_fields(request)
        sid = fields.get("MessageSid", "")
        if not _SID.fullmatch(sid):
            raise Unreadable("This is no message from Twilio: it has no MessageSid.", code="no_message_sid")
        status = twilio_fields.status_of(fields)
        if status in twilio_fields.INBOUND_STATUSES:
            return [Ignored("Twilio reports that a message reached it; the message itself comes apart.")]
        if status:
            recipient = self.from_wire(fields.get("To", ""))
            try:
                return [twilio_fields.delivery_update(fields, request, recipient=recipient)]
            except KeyError as error:
                raise Unreadable(f"Twilio reports an unknown status: {status[:40]}.", code="unknown_status") from error
        if not fields.keys() & {"Body", "NumMedia", "MediaUrl0"}:
            raise Unreadable("This is neither a message nor a delivery status.", code="unknown_kind")
        message = self.read_message(fields)
        return [replace(message, occurred_at=listed.came_at(request)) if listed.is_listed(request) else message]

    def read_message(self, fields: Fields) -> InboundMessage:
        """One message somebody sent us."""
        sender, sender_facts = self.read_sender(fields)
        recipient = self.from_wire(fields.get("To", ""))
        # Who can't be a person can't be answered either, and our own number would answer itself for ever.
        automatic = "" if sender else "no_reply"
        if sender and sender.address in {recipient, self.connection.channel.address}:
            automatic = "auto_reply"
        return InboundMessage(
            provider_message_id=fields["MessageSid"],
            sender=sender,
            recipient=recipient,
            text=fields.get("Body", ""),
            attachments=twilio_fields.attachments_of(fields),
            automatic=automatic,
            opt_out=twilio_fields.opt_out_of(fields),
            is_opt_out_answered=twilio_fields.is_answered_by_twilio(fields),
            facts={**twilio_fields.facts_of(fields), **sender_facts},
        )

    def answer(self, request: RawRequest) -> Answer:
        """An empty TwiML document: text in it would leave past our outbox."""
        return Answer(content_type="text/xml", body="<Response/>")

    def fetch(self, attachment: InboundAttachment) -> InboundAttachment:
        """The file from Twilio; its name and type follow what the bytes are."""
        source = MediaSource(self._base_url(), self._credential("account_sid"), self._credential("auth_token"))
        return fetch_media(attachment, source)

    def received(self, since: datetime, page: str = "") -> ReceivedPage:
        """What Twilio lists as received for our number, or for our Messaging Service's numbers."""
        number = self.connection.channel.address
        service = number if number.startswith("MG") else str(self.connection.settings.get("messaging_service_sid", ""))
        wire = self.to_wire(number)
        return twilio_received.page_of(self._api(), number=wire, service=service, since=since, page=page)

    def received_content(self, message: ReceivedMessage) -> tuple[bytes, str]:
        """The webhook's form, put together again."""
        return twilio_received.as_form(self._api(), message), twilio_received.CONTENT_TYPE

    # --- Out

    def send(self, message: OutboundMessage) -> SendResult:
        """Hand over one message. Twilio knows no idempotency key: after OutcomeUnknown ask ``find_sent`` first."""
        answer = self._api().create_message(self._form(message))
        if not answer.get("sid"):
            raise OutcomeUnknown("Twilio took the message without naming it.", code="no_sid")
        return send_result(answer)

    def find_sent(self, message: OutboundMessage) -> SendResult | None:
        """The message among those Twilio has; None only where it surely never arrived."""
        wanted = twilio_lookup.Wanted(
            to=self.to_wire(message.to_address),
            sender="" if self._service_of(message) else self.to_wire(message.from_address),
            # How Twilio writes out a template's parts in its list is told nowhere: any text may be it.
            body=None if message.template else message.text,
            media_count=len(message.attachments),
            attempted_at=message.attempted_at,
        )
        found = twilio_lookup.find(self._api(), wanted)
        return send_result(found) if found else None

    def look_up_cost(self, provider_message_id: str) -> tuple[str, str] | None:
        """Twilio prices a message some time after it was delivered."""
        found = send_result(self._api().get(f"Messages/{provider_message_id}.json"))
        return (found.cost, found.currency) if found.cost else None

    def check(self) -> Iterator[CheckResult]:
        """The account, our number on it, and where Twilio posts its messages."""
        channel = self.connection.channel
        return twilio_check.check(
            self._api(),
            number=channel.address,
            messaging_service_sid=str(self.connection.settings.get("messaging_service_sid", "")),
            webhook_urls=[f"{url}/webhooks/{channel.pk}/" for url in settings.PUBLIC_URLS],
        )

    def _check_account(self) -> Iterator[CheckResult]:
        return twilio_check.check(self._api(), number="", messaging_service_sid="", webhook_urls=[])

    def _form(self, message: OutboundMessage) -> dict[str, str | list[str]]:
        if any(not attachment.url for attachment in message.attachments):
            raise Permanent("Files leave on this channel by their public address, and one has none.", code="no_url")
        if len(message.attachments) > MAX_MEDIA_COUNT:
            raise Permanent("One message carries at most ten files.", code="21623")
        form: dict[str, str | list[str]] = {"To": self.to_wire(message.to_address)}
        service = self._service_of(message)
        if service:
            form["MessagingServiceSid"] = service
        if message.from_address and not message.from_address.startswith("MG"):
            # With a service too: the person is answered from the number he wrote to.
            form["From"] = self.to_wire(message.from_address)
        if message.template:
            form |= twilio_content.form_fields(message.template)
        elif message.text:
            form["Body"] = message.text
        if message.attachments and not message.template:
            form["MediaUrl"] = [attachment.url for attachment in message.attachments]
        if message.status_callback_url:
            form["StatusCallback"] = _with_key(message.status_callback_url, message.idempotency_key)
        return form

    def _service_of(self, message: OutboundMessage) -> str:
        if message.from_address.startswith("MG"):
            return message.from_address
        return str(self.connection.settings.get("messaging_service_sid", ""))

    def _api(self, base_url: str = "") -> TwilioApi:
        return TwilioApi(
            self._credential("account_sid"),
            self._credential("auth_token"),
            base_url or self._base_url(),
            read_seconds=float(self.connection.settings.get("read_timeout_seconds", READ_SECONDS)),
        )

    def _base_url(self) -> str:
        return str(self.connection.settings.get("base_url") or DEFAULT_BASE_URL)

    def _credential(self, name: str) -> str:
        return str(self.connection.credentials.get(name) or "")


def send_result(resource: Json) -> SendResult:
    """A message resource in our words. Twilio prices are negative (what is taken from the balance) or not yet known."""
    price = str(resource.get("price") or "")
    parts = str(resource.get("num_segments") or "")
    return SendResult(
        provider_message_id=str(resource["sid"]),
        state="sending",
        cost=price.removeprefix("-"),
        currency=str(resource.get("price_unit") or "").upper() if price else "",
        segment_count=int(parts) if parts.isascii() and parts.isdigit() else 0,
    )


def _with_key(url: str, key: str) -> str:
    """Our key in the callback's URL: it comes back signed, even where Twilio's answer to us was lost."""
    parts = urlsplit(url)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}{twilio_fields.DELIVERY_PARAMETER}={quote(key, safe='')}"))
