"""Our own chat widget, as one more provider: its frames go through the ledger like anybody's webhooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import Door
from channels_ingest.adapters.failures import InvalidSignature, Permanent, Unreadable
from channels_ingest.adapters.incoming import InboundItem, InboundMessage, RawRequest, Sender
from channels_ingest.adapters.outgoing import OutboundMessage, SendResult
from channels_ingest.widget import tokens
from customers.assurance import Assurance

MAX_CHARACTERS = 4000
MAX_CLIENT_ID = 64


class WebChatAdapter(ChannelAdapter):
    """Frames of a chat session. The session's signed token is its signature."""

    provider = "webchat"
    channel_kind = "chat"
    label = "Chat widget"
    beforehand = "Nothing but your site: you add one line to its pages."

    def verify(self, request: RawRequest) -> None:
        """The token must be ours, for this channel and the visitor that the frame names."""
        token = request.header("authorization").removeprefix("Bearer ")
        visitor = tokens.read(token, self.connection.channel_id)
        if visitor is None or _object(request.body).get("visitor") != visitor:
            raise InvalidSignature("The chat session's token is not valid.")

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """One message frame."""
        frame = _object(request.body)
        visitor, text, client_id = frame.get("visitor"), frame.get("text"), frame.get("client_id")
        if not isinstance(visitor, str) or not isinstance(text, str) or not isinstance(client_id, str):
            raise Unreadable("A chat message needs a text and a client id.")
        text = _storable(text).strip()
        is_named = 0 < len(client_id) <= MAX_CLIENT_ID and client_id == _storable(client_id)
        if not text or len(text) > MAX_CHARACTERS or not is_named:
            raise Unreadable(f"A chat message has 1 to {MAX_CHARACTERS} characters and a client id.")
        sender = Sender("visitor", visitor, visitor, Assurance.CHANNEL)
        return [
            InboundMessage(
                provider_message_id="",
                sender=sender,
                recipient="",
                text=text,
                client_id=client_id,
                occurred_at=request.received_at,
            )
        ]

    def send(self, message: OutboundMessage) -> SendResult:
        """Chat is delivered by our own socket, never by the outbox."""
        raise Permanent("A chat message needs no provider.")

    def doors(self, public_urls: list[str]) -> Iterator[Door]:
        """The line for the company's pages."""
        script = f'<script async src="{public_urls[0]}/widget/{self.connection.channel.key}.js"></script>'
        yield Door("Line for your pages", script, "Put it before </body> on every page that should show the chat.")


def _storable(text: str) -> str:
    """Without what PostgreSQL can't hold: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _object(body: bytes) -> dict[str, Any]:
    try:
        frame = json.loads(body)
    except ValueError as error:
        raise Unreadable("The frame is not JSON.") from error
    if not isinstance(frame, dict):
        raise Unreadable("The frame is not an object.")
    return frame
