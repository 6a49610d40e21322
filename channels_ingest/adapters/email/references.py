"""What ties a mail to earlier ones: Message-IDs it answers and tokens in the addresses it was sent to."""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from collections.abc import Iterable

from channels_ingest.adapters.email.addresses import parse_addresses
from channels_ingest.adapters.email.headers import Headers

_MAX_ID_COUNT = 100
_MAX_TOKEN_COUNT = 10
_MESSAGE_ID = re.compile(r"<([^<>\s,;]{3,250})>")
_BARE_MESSAGE_ID = re.compile(r"[^<>\s,;:@]{1,120}@[^<>\s,;:@]{1,120}")
_TOKEN = re.compile(r"\+([a-z2-7]{26})$")
_TOKEN_LENGTH = 26  # of 5 bits each
# The envelope's recipient first: the visible headers are the sender's own words.
_ENVELOPE_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_RECIPIENT_HEADERS = (*_ENVELOPE_HEADERS, "to", "cc")


def message_ids(value: str) -> list[str]:
    """The Message-IDs in a raw header value, each with its angle brackets, in order and without repeats."""
    found = [f"<{inside}>" for inside in _MESSAGE_ID.findall(value)]
    if not found and (bare := _BARE_MESSAGE_ID.search(value[:1_000])):
        found = [f"<{bare.group()}>"]
    return list(dict.fromkeys(found))


def answered_ids(headers: Headers) -> tuple[str, ...]:
    """The mails this one answers, nearest first: In-Reply-To, then References from right to left."""
    direct = message_ids(" ".join(headers.all("in-reply-to")))
    chain = message_ids(" ".join(headers.all("references")))
    return tuple(dict.fromkeys([*direct, *reversed(chain)]))[:_MAX_ID_COUNT]


def envelope_recipients(headers: Headers) -> list[str]:
    """The addresses the mail servers on the way say it was delivered to, topmost first."""
    return [
        found.address for name in _ENVELOPE_HEADERS for value in headers.all(name) for found in parse_addresses(value)
    ]


def reply_tokens(headers: Headers) -> tuple[str, ...]:
    """Tokens in the addresses this mail was sent to, envelope first. Whether they are ours is for the domain to say."""
    addresses = (
        found.address for name in _RECIPIENT_HEADERS for value in headers.all(name) for found in parse_addresses(value)
    )
    return tokens_in(addresses)


def tokens_in(addresses: Iterable[str]) -> tuple[str, ...]:
    """The reply tokens of ``name+<token>@domain`` addresses. Relays change the case of local parts, so it is folded."""
    locals_ = (address.rpartition("@")[0].lower() for address in addresses)
    tokens = [found.group(1) for local in locals_ if (found := _TOKEN.search(local))]
    return tuple(dict.fromkeys(tokens))[:_MAX_TOKEN_COUNT]


def new_reply_token() -> str:
    """A fresh token of 130 random bits: 26 lower-case base32 characters, safe where case is lost."""
    return b32encode(secrets.token_bytes(17)).decode("ascii").lower()[:_TOKEN_LENGTH]


def address_with_token(address: str, token: str) -> str:
    """``support@example.com`` as ``support+<token>@example.com``; an earlier plus part gives way."""
    local, _, domain = address.rpartition("@")
    return f"{local.split('+')[0]}+{token}@{domain}"


def new_message_id(domain: str) -> str:
    """A Message-ID, with angle brackets, that no one can guess and no spam filter dislikes."""
    return f"<{b32encode(secrets.token_bytes(20)).decode('ascii').lower()}@{domain}>"
