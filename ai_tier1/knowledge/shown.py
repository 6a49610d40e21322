"""An article as html: for the help pages and the editor's preview. No raw html of its author's gets through."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def as_html(markdown: str) -> str:
    """Clean html of a Markdown text."""
    return nh3.clean(_MARKDOWN.render(markdown))
