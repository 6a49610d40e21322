"""What a domain asks receivers to do with mail that fails its checks (RFC 7489, 9989)."""

from __future__ import annotations

from channels_ingest.adapters.email.dns_texts import Texts
from customers.organisations import organisation

_STRICT = {"reject", "quarantine"}


def is_strict(domain: str, texts: Texts) -> bool:
    """Whether the domain, or its organisation for it, wants failing mail refused. Raises Unanswered."""
    home = organisation(domain)
    for name in dict.fromkeys((domain, home)):
        tags = next((found for text in texts.of(f"_dmarc.{name}", domain=home) if (found := _tags(text))), None)
        if tags is None:
            continue
        # A parent's record may say something else about its subdomains.
        wanted = tags.get("sp", tags.get("p", "")) if name != domain else tags.get("p", "")
        return wanted in _STRICT
    return False


def _tags(record: str) -> dict[str, str] | None:
    """The record's tags in lower case; None where it is no DMARC record."""
    pairs = (part.partition("=") for part in record.split(";")[:30])
    tags = {name.strip().lower(): value.strip().lower() for name, _, value in pairs if name.strip()}
    return tags if tags.get("v") == "dmarc1" else None
