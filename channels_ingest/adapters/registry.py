"""Which adapter speaks to which provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.email.adapter import EmailAdapter
from channels_ingest.adapters.email.mailbox import MailboxAdapter
from channels_ingest.adapters.email.services import SERVICES
from channels_ingest.adapters.twilio_sms import TwilioSmsAdapter
from channels_ingest.adapters.twilio_voice import TwilioVoiceAdapter
from channels_ingest.adapters.twilio_whatsapp import TwilioWhatsAppAdapter
from channels_ingest.adapters.webchat import WebChatAdapter
from channels_ingest.adapters.whatsapp_cloud import WhatsAppCloudAdapter

if TYPE_CHECKING:
    from channels_ingest.models import Connection

ADAPTERS: dict[str, type[ChannelAdapter]] = {
    adapter.provider: adapter
    for adapter in (
        WebChatAdapter,
        EmailAdapter,
        MailboxAdapter,
        TwilioSmsAdapter,
        TwilioVoiceAdapter,
        TwilioWhatsAppAdapter,
        WhatsAppCloudAdapter,
    )
}
ADAPTERS.update({adapter.provider: adapter for adapter in SERVICES.values()})


def adapter_for(connection: Connection) -> ChannelAdapter:
    """The connection's adapter. Raises LookupError for a provider that is not built in."""
    adapter = ADAPTERS.get(connection.provider)
    if adapter is None:
        raise LookupError(f"No adapter named {connection.provider!r}")
    return adapter(connection)
