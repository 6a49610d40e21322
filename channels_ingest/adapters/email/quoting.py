"""The quoted tail of a mail, as mail programs write it and fold it. What stands in it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from html import escape

from channels_ingest.adapters.outgoing import QuotedMessage


def as_text(quoted: Iterable[QuotedMessage]) -> str:
    """The mails below the answer, each with who wrote it when; empty without any."""
    parts = []
    for one in quoted:
        lines = [f"> {line}".rstrip() for line in one.text.splitlines()]
        parts.append("\n".join([attribution(one), *lines]))
    return "".join(f"\n\n{part}" for part in parts)


def as_html(quoted: Iterable[QuotedMessage]) -> str:
    """The same for html: in the elements that mail programs fold."""
    parts = [
        f'<div class="gmail_attr">{escape(attribution(one))}</div>'
        f'<blockquote type="cite" class="gmail_quote">{escape(one.text).replace(chr(10), "<br>")}</blockquote>'
        for one in quoted
    ]
    return f'\n<div class="gmail_quote">{"".join(parts)}</div>' if parts else ""


def attribution(one: QuotedMessage) -> str:
    """ "On 5 May 2026 at 08:11 UTC, Jo wrote:", which every mail program knows for the beginning of a quote."""
    at = one.at.astimezone(UTC)
    return f"On {at.day} {at:%B %Y} at {at:%H:%M} UTC, {one.author} wrote:"
