"""Pictures that stand in the words of a mail: "[image: screenshot.png]" marks the place. Pure.

The mark is what mail programs write themselves into the plain text of such a mail. Where a channel has no formatted
text the picture goes along beside the words, and the mark goes away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from django.utils.html import urlize

_MARK = re.compile(r"\[image: ([^\[\]\n]{1,255})\]")


def marked(text: str) -> list[str]:
    """The names of the pictures that the text places, in their order."""
    return list(dict.fromkeys(_MARK.findall(text)))


def unmarked(text: str, names: set[str]) -> str:
    """The text without the marks of these pictures, and without the empty lines that they leave."""
    without = _MARK.sub(lambda found: "" if found[1] in names else found[0], text)
    return text if without == text else re.sub(r"\n{3,}", "\n\n", without).strip()


def as_html(text: str, content_ids: Mapping[str, str]) -> str:
    """The text formatted, each mark become its picture. ``content_ids`` are those of the mail's parts, by name."""
    parts = []
    # Splitting by a group gives text, name, text, name ...
    for number, part in enumerate(_MARK.split(text)):
        if number % 2 == 0:
            parts.append(urlize(part, autoescape=True).replace("\n", "<br>\n"))
        elif part in content_ids:
            parts.append(f'<img src="cid:{escape(content_ids[part])}" alt="{escape(part)}" style="max-width: 100%">')
        else:
            parts.append(escape(f"[image: {part}]"))
    return f"<div>{''.join(parts)}</div>"
