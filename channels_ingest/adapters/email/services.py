"""The mail services that are built in, by their names in addresses. A new one is one line more."""

from __future__ import annotations

from channels_ingest.adapters.email.esp import EspAdapter
from channels_ingest.adapters.email.esp_mailgun import MailgunAdapter
from channels_ingest.adapters.email.esp_postmark import PostmarkAdapter
from channels_ingest.adapters.email.esp_sparkpost import SparkPostAdapter

SERVICES: dict[str, type[EspAdapter]] = {
    adapter.service: adapter for adapter in (PostmarkAdapter, MailgunAdapter, SparkPostAdapter)
}
