"""What every adapter must do. A new channel adds a Case and is done when these tests pass.

The fake adapter is the reference: the smallest one that keeps the contract.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.adapters.email.adapter import EmailAdapter
from channels_ingest.adapters.email.fetched import FetchedMail, as_request
from channels_ingest.adapters.email.mailbox import MailboxAdapter
from channels_ingest.adapters.failures import InvalidSignature, Unreadable
from channels_ingest.adapters.incoming import InboundItem, InboundMessage, RawRequest, Sender
from channels_ingest.adapters.outgoing import OutboundMessage, SendResult
from channels_ingest.adapters.twilio_voice import TwilioVoiceAdapter
from channels_ingest.adapters.webchat import WebChatAdapter
from channels_ingest.widget import tokens
from customers.assurance import Assurance
from tests.channels_ingest.email.esp import requests as esp
from tests.channels_ingest.twilio import requests as twilio
from tests.channels_ingest.whatsapp import requests as whatsapp

OWN = "help@shop.example"
CHANNEL_ID = 3
CONNECTION_ID = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One adapter and a genuine message for it."""

    adapter: Callable[[], ChannelAdapter]
    # A genuine message with this text, signed as the provider signs.
    genuine: Callable[[str], RawRequest]
    # The same signed again after a field that nobody knows was added.
    with_unknown_field: Callable[[], RawRequest]


class FakeAdapter(ChannelAdapter):
    """JSON in, nothing out; the header "x-fake" holds the secret."""

    provider = "fake"
    channel_kind = "chat"
    label = "Fake"
    fields = (ConnectionField("secret", "Secret", is_required=True, is_credential=True, is_secret=True),)

    def verify(self, request: RawRequest) -> None:
        """The secret, as it is."""
        if request.header("x-fake") != self.connection.credentials["secret"]:
            raise InvalidSignature("The x-fake header does not hold this channel's secret.")

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """One message a request."""
        try:
            fields = json.loads(request.body)
            sender = Sender("visitor", str(fields["from"]), str(fields["from"]), Assurance.CHANNEL)
            text = str(fields["text"]).replace("\x00", "")
            return [InboundMessage(str(fields["id"]), sender, "", text)]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("The body is not a message.") from error

    def send(self, message: OutboundMessage) -> SendResult:
        """Always taken."""
        return SendResult(message.idempotency_key)


def connection(**credentials: str) -> Any:
    """A connection that lives nowhere but here."""
    channel = SimpleNamespace(pk=CHANNEL_ID, address=OWN, addresses=(OWN,), language="en")
    return cast(
        Any,
        SimpleNamespace(pk=CONNECTION_ID, credentials=credentials, settings={}, channel=channel, channel_id=CHANNEL_ID),
    )


def request(body: bytes, content_type: str, **headers: str) -> RawRequest:
    """A POST to the channel's door."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawRequest(
        "POST", f"/webhooks/{CHANNEL_ID}/", "", {"content-type": content_type, **named}, body, datetime.now(UTC)
    )


def _fake(text: str, **more: str) -> RawRequest:
    body = json.dumps({"id": "1", "from": "jo", "text": text, **more}).encode()
    return request(body, "application/json", x_fake="secret")


def _mail(text: str, more: str = "") -> RawRequest:
    head = "From: Jo <jo@customer.example>\nTo: help@shop.example\nSubject: Hello\nMessage-ID: <1@customer.example>\n"
    raw = f"{head}{more}\n{text}\n"
    return request(raw.encode(), "message/rfc822", authorization="Bearer mail-secret")


def _fetched(text: str, more: str = "") -> RawRequest:
    mail = FetchedMail(_mail(text, more).body, "INBOX", uid_validity=1, uid=7, arrived_at=datetime.now(UTC))
    return as_request(mail, CONNECTION_ID, received_at=datetime.now(UTC))


def _sms(text: str, **more: str) -> RawRequest:
    fields = {
        "MessageSid": "SM" + "1" * 32,
        "AccountSid": twilio.ACCOUNT,
        "From": twilio.JO,
        "To": twilio.OUR_NUMBER,
        "Body": text,
        "NumMedia": "0",
    }
    return twilio.signed_request({**fields, **more})


def _twilio_whatsapp(text: str, **more: str) -> RawRequest:
    return twilio.signed_request({**whatsapp.payload("twilio_text"), "Body": text, **more})


def _whatsapp_cloud(text: str, **more: str) -> RawRequest:
    return whatsapp.request({**whatsapp.text_payload(text, **more), **more})


def _call(text: str, **more: str) -> RawRequest:
    fields = {
        "CallSid": "CA" + "1" * 32,
        "AccountSid": twilio.ACCOUNT,
        "From": twilio.JO,
        "To": twilio.OUR_NUMBER,
        "CallStatus": "in-progress",
        "SpeechResult": text,
        "Confidence": "0.91",
    }
    query = "turn=1&at=ask"
    return twilio.signed_request({**fields, **more}, url=f"{twilio.PUBLIC_URL}{twilio.PATH}?{query}", query=query)


def _voice() -> ChannelAdapter:
    return TwilioVoiceAdapter(twilio.adapter().connection)


def _chat(text: str, **more: str) -> RawRequest:
    token = tokens.issue("v_jo", CHANNEL_ID)
    body = json.dumps({"visitor": "v_jo", "client_id": "c1", "text": text, **more}).encode()
    return replace(request(body, "application/json", authorization=f"Bearer {token}"), method="WS")


def _postmark(text: str, **more: str) -> RawRequest:
    return esp.request({**esp.payload("postmark/inbound_fields"), "TextBody": text, **more}, service="postmark")


def _mailgun(text: str, **more: str) -> RawRequest:
    return esp.request({**esp.payload("mailgun/inbound_fields"), "body-plain": text, **more}, service="mailgun")


def _sparkpost(text: str, **more: str) -> RawRequest:
    (event,) = esp.payload("sparkpost/relay")
    relay = event["msys"]["relay_message"]
    head = relay["content"]["email_rfc822"].partition("\r\n\r\n")[0]
    relay["content"]["email_rfc822"] = f"{head}\r\n\r\n{text}\r\n"
    relay |= more
    return esp.request([event], service="sparkpost")


CASES = {
    "fake": Case(lambda: FakeAdapter(connection(secret="secret")), _fake, lambda: _fake("Hello", new="x")),
    "email": Case(
        lambda: EmailAdapter(connection(inbound_secret="mail-secret")),
        _mail,
        lambda: _mail("Hello", "X-Never-Seen: before\n"),
    ),
    "imap": Case(
        lambda: MailboxAdapter(connection(imap_user="help", imap_password="mailbox-password")),
        _fetched,
        lambda: _fetched("Hello", "X-Never-Seen: before\n"),
    ),
    "email_postmark": Case(lambda: esp.adapter("postmark"), _postmark, lambda: _postmark("Hello", NeverSeen="before")),
    "email_mailgun": Case(lambda: esp.adapter("mailgun"), _mailgun, lambda: _mailgun("Hello", NeverSeen="before")),
    "email_sparkpost": Case(lambda: esp.adapter("sparkpost"), _sparkpost, lambda: _sparkpost("Hello", new="before")),
    "twilio_sms": Case(twilio.adapter, _sms, lambda: _sms("Hello", NeverSeen="before")),
    "twilio_whatsapp": Case(
        whatsapp.twilio_adapter, _twilio_whatsapp, lambda: _twilio_whatsapp("Hello", NeverSeen="before")
    ),
    "whatsapp_cloud": Case(whatsapp.adapter, _whatsapp_cloud, lambda: _whatsapp_cloud("Hello", never_seen="before")),
    "twilio_voice": Case(_voice, _call, lambda: _call("Hello", NeverSeen="before")),
    "webchat": Case(lambda: WebChatAdapter(connection()), _chat, lambda: _chat("Hello", new="x")),
}
