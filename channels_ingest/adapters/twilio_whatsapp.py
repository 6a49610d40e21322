"""WhatsApp by Twilio: the same API as SMS, with "whatsapp:" before each address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from channels_ingest.adapters import twilio_content, whatsapp_people
from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField
from channels_ingest.adapters.failures import Permanent, Unreadable
from channels_ingest.adapters.incoming import InboundItem, InboundMessage, RawRequest, Sender
from channels_ingest.adapters.outgoing import OutboundMessage
from channels_ingest.adapters.twilio_fields import Fields
from channels_ingest.adapters.twilio_messages import TwilioMessagesAdapter
from conversations.templates import ListedTemplate

PREFIX = "whatsapp:"
MAX_ADDRESS_LENGTH = 150
# What Twilio says of a message whose content WhatsApp keeps to itself.
UNREADABLE_TYPES = frozenset({"unsupported", "unknown", "ephemeral"})


class TwilioWhatsAppAdapter(TwilioMessagesAdapter):
    """One WhatsApp sender of a Twilio account. The channel's address is its number in E.164."""

    provider: ClassVar[str] = "twilio_whatsapp"
    channel_kind: ClassVar[str] = "whatsapp"
    label: ClassVar[str] = "WhatsApp (Twilio)"
    beforehand: ClassVar[str] = "A Twilio account with a WhatsApp sender, and its account SID and auth token."
    has_templates: ClassVar[bool] = True
    # twilio.com/docs/whatsapp/guidance-whatsapp-media-messages, "Message size limits".
    max_files_bytes: ClassVar[int | None] = 16 * 1024 * 1024
    fields: ClassVar[tuple[ConnectionField, ...]] = (
        *TwilioMessagesAdapter.fields,
        ConnectionField(
            "content_url",
            "Content API address",
            "Where Twilio's list of templates is reached through a proxy of yours.",
            form="url",
            default=twilio_content.DEFAULT_CONTENT_URL,
            is_advanced=True,
        ),
    )

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """As every Twilio message, with the time: the reply window is counted from it."""
        items = super().parse(request)
        return [
            replace(item, occurred_at=item.occurred_at or request.received_at)
            if isinstance(item, InboundMessage)
            else item
            for item in items
        ]

    def read_message(self, fields: Fields) -> InboundMessage:
        """One message, whatever its kind, in words."""
        item = super().read_message(fields)
        number, user_id = _addresses(fields)
        _, also = whatsapp_people.read_people(number, user_id, fields.get("ProfileName", ""))
        replied_to = fields.get("OriginalRepliedMessageSid", "").strip()[:64]
        return replace(
            item,
            text=_words(fields),
            also=also,
            opt_out=whatsapp_people.opt_out_of(fields.get("Body", "")),
            references=(replied_to,) if replied_to else (),
            not_work="reaction" if _type(fields) == "reaction" else "",
        )

    def read_sender(self, fields: Fields) -> tuple[Sender | None, dict[str, str]]:
        """The number, or the business-scoped id where the person hides the number."""
        number, user_id = _addresses(fields)
        sender, _ = whatsapp_people.read_people(number, user_id, fields.get("ProfileName", ""))
        return sender, {} if sender else {"sender": fields.get("From", "")[:MAX_ADDRESS_LENGTH]}

    def to_wire(self, address: str) -> str:
        """With the channel's mark."""
        return address if address.startswith(PREFIX) else PREFIX + address

    def from_wire(self, address: str) -> str:
        """Without the mark. A text message is not ours to read."""
        address = address.strip()[:MAX_ADDRESS_LENGTH]
        if address and not address.startswith(PREFIX):
            raise Unreadable(
                "This message came by SMS, not by WhatsApp: its webhook must lead to that channel.",
                code="other_channel",
            )
        return address.removeprefix(PREFIX)

    def list_templates(self) -> list[ListedTemplate]:
        """The account's contents, with what WhatsApp says of each."""
        base_url = str(self.connection.settings.get("content_url") or twilio_content.DEFAULT_CONTENT_URL)
        return twilio_content.list_all(self._api(base_url))

    def check(self) -> Iterator[CheckResult]:
        """The account alone: Twilio's list of numbers does not hold WhatsApp senders."""
        yield from self._check_account()

    def _form(self, message: OutboundMessage) -> dict[str, str | list[str]]:
        if len(message.attachments) > 1:
            raise Permanent("WhatsApp carries one file a message.", code="too_many_files")
        return super()._form(message)


def _type(fields: Fields) -> str:
    return fields.get("MessageType", "").strip().lower()


def _addresses(fields: Fields) -> tuple[str, str]:
    """The number and the business-scoped id, each empty where it isn't shown."""
    sender = fields.get("From", "").strip()[:MAX_ADDRESS_LENGTH].removeprefix(PREFIX)
    user_id = fields.get("ExternalUserId", "").strip()[:MAX_ADDRESS_LENGTH].removeprefix(PREFIX)
    if whatsapp_people.is_user_id(sender):
        return fields.get("WaId", "").strip()[:20], user_id or sender
    return sender, user_id


def _words(fields: Fields) -> str:
    """What was said, or what stands for it: a pressed button, a chosen row, a place."""
    body = fields.get("Body", "")
    if fields.get("Latitude") and fields.get("Longitude"):
        where = whatsapp_people.place(
            fields["Latitude"], fields["Longitude"], name=fields.get("Label", ""), address=fields.get("Address", "")
        )
        return "\n".join(part for part in (where, body if body not in where else "") if part)
    said = body or fields.get("ListTitle", "") or fields.get("ButtonText", "")
    if _type(fields) == "reaction":
        return f"Reacted with {said}" if said else "Took back a reaction"
    if not said and _type(fields) in UNREADABLE_TYPES:
        return "[A message of a kind that WhatsApp does not pass on]"
    return said
