"""Plain builders for what tests need. People are named: grace (admin), ada and lin (agents), jo (customer)."""

from __future__ import annotations

import itertools
from typing import Any

from channels_ingest.models import Connection
from conversations.actions import calls, receiving
from conversations.actions.receiving import Arrival, Received
from conversations.models import Call, Channel, Conversation, Desk, MessageTemplate
from conversations.recipients import Recipient
from customers.actions.resolving import Address
from customers.assurance import Assurance
from helpdesk.accounts import api_tokens
from helpdesk.accounts.models import User

JO_PHONE = "+15005550006"
JO_MAIL = "jo@customer.example"
TWILIO = {"account_sid": "AC" + "1" * 32, "auth_token": "twilio-token"}
MAIL_SECRET = "mail-secret"
META = {"app_secret": "app-secret", "access_token": "meta-token", "verify_token": "verify-me"}
PHONE_NUMBER_ID = "106540352242922"
_numbers = itertools.count(1)


def user(name: str = "Ada", role: str = User.Role.AGENT, **fields: Any) -> User:
    """An agent, unless a role is given."""
    password = fields.pop("password", None)  # hashing one takes as long as most tests
    return User.objects.create_user(f"{name.lower()}@onethread.example", name, password, role=role, **fields)


def token(person: User, *scopes: str) -> str:
    """An API key of a person."""
    return api_tokens.issue(person, "test", scopes or ("read", "write", "admin"))[1]


def desk(name: str = "Support", **fields: Any) -> Desk:
    """A desk; the default one unless said otherwise."""
    found = Desk.objects.filter(name=name).first()
    return found or Desk.objects.create(name=name, brand="Fernhill", is_default=name == "Support", **fields)


def channel(kind: str = "sms", *, at: Desk | None = None, provider: str = "", **fields: Any) -> Channel:
    """A channel with its connection, to the kind's usual provider unless one is named."""
    addresses = {"sms": "+15005550001", "email": "help@shop.example", "chat": "", "whatsapp": "+15005550002"}
    addresses["phone"] = "+15005550003"
    row = Channel.objects.create(
        desk=at or desk(),
        kind=kind,
        name=kind.title(),
        address=fields.pop("address", addresses.get(kind, "")),
        **fields,
    )
    usual, credentials = {
        "sms": ("twilio_sms", TWILIO),
        "email": ("email", {"inbound_secret": MAIL_SECRET}),
        "chat": ("webchat", {}),
        "whatsapp": ("twilio_whatsapp", TWILIO),
        "phone": ("twilio_voice", TWILIO),
    }[kind]
    settings = {"authserv_id": "mx.shop.example"}
    if provider == "whatsapp_cloud":
        credentials, settings = META, {"phone_number_id": PHONE_NUMBER_ID}
    if provider == "imap":
        credentials = {"imap_user": "help", "imap_password": "mailbox-password"}
    Connection.objects.create(channel=row, provider=provider or usual, credentials=credentials, settings=settings)
    return row


def sms(
    to: Channel, text: str = "Where is my parcel?", *, sender: str = JO_PHONE, sid: str = "", **more: Any
) -> Received:
    """A text that came in."""
    address = Address("phone", sender, sender, Assurance.PRESENTED)
    return receiving.receive(Arrival(to, address, text, provider_message_id=sid or f"SM{next(_numbers):032}", **more))


def whatsapp(
    to: Channel,
    text: str = "Where is my parcel?",
    *,
    number: str = JO_PHONE,
    user_id: str = "",
    **more: Any,
) -> Received:
    """A WhatsApp message that came in, from a number, a user id or both."""
    found = [Address("phone", number, number, Assurance.CHANNEL)] if number else []
    found += [Address("whatsapp_user", user_id, user_id, Assurance.CHANNEL)] if user_id else []
    more.setdefault("provider_message_id", f"wamid.{next(_numbers):032}")
    return receiving.receive(Arrival(to, found[0], text, also=tuple(found[1:]), **more))


def mail(
    to: Channel,
    /,
    text: str = "Where is my parcel?",
    *,
    sender: str = JO_MAIL,
    assurance: Assurance = Assurance.CHANNEL,
    **more: Any,
) -> Received:
    """A mail that came in."""
    more.setdefault("provider_message_id", f"<{next(_numbers)}@customer.example>")
    more.setdefault("rfc_message_id", more["provider_message_id"])
    return receiving.receive(Arrival(to, Address("email", sender, sender, assurance), text, **more))


def people(*addresses: str) -> tuple[Recipient, ...]:
    """Readers of a mail, as ``to`` or ``cc`` take them: "kim@customer.example"."""
    return tuple(Recipient(one, one, one.partition("@")[0].title()) for one in addresses)


def chat(to: Channel, text: str = "Hello, is somebody there?", *, visitor: str = "v_jo", **more: Any) -> Received:
    """A chat message that came in."""
    more.setdefault("client_id", f"c{next(_numbers)}")
    return receiving.receive(Arrival(to, Address("visitor", visitor, visitor, Assurance.CHANNEL), text, **more))


def call(to: Channel, *, sender: str = JO_PHONE, sid: str = "") -> Call:
    """A call that has just begun; without a sender the number is withheld."""
    return calls.start(to, sid or f"CA{next(_numbers):032}", address=sender, address_as_seen=sender)


def said(in_call: Call, text: str = "Where is my parcel?", **more: Any) -> Received:
    """Something the caller said."""
    address = Address("phone", in_call.address, in_call.address, Assurance.PRESENTED) if in_call.address else None
    more.setdefault("provider_message_id", f"{in_call.provider_call_id}:{next(_numbers)}")
    return receiving.receive(Arrival(in_call.channel, address, text, call=in_call, **more))


def conversation() -> Conversation:
    """The only conversation there is."""
    return Conversation.objects.get(merged_into=None)


def template(to: Channel, *, variables: list[str] | None = None, **fields: Any) -> MessageTemplate:
    """An approved template of a channel; ``variables`` are keys, told to header, body and buttons by their spelling."""
    number = next(_numbers)
    rows = []
    for key in variables or []:
        part, _, name = key.rpartition(".")
        index = int(name) if part == "button" else 0
        rows.append({"key": key, "part": part or "body", "name": name, "index": index, "example": ""})
    given = {"name": f"template_{number}", "language": "en", "body": "We have news for you.", "state": "approved"}
    return MessageTemplate.objects.create(
        channel=to, provider_id=fields.pop("provider_id", f"T{number}"), variables=rows, **{**given, **fields}
    )
