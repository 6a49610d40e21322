"""Which pages may show a channel's chat window."""

from __future__ import annotations

from urllib.parse import urlsplit

from conversations.models import Channel


def is_own_page(origin: str, host: str, public_urls: list[str]) -> bool:
    """Whether a socket was opened by our own frame; a program that is no browser names no origin."""
    if not origin:
        return True
    ours = {host.lower(), *(urlsplit(url).netloc.lower() for url in public_urls)}
    return urlsplit(origin).netloc.lower() in ours


def ancestors(channel: Channel) -> list[str]:
    """Sources for ``frame-ancestors``: the sites an admin named, any site where none is named."""
    sites = [site for site in channel.appearance.get("sites", []) if isinstance(site, str)]
    return ["'self'", *sites] if sites else ["*"]
