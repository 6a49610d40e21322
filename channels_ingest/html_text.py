"""Html as the text a reader would see, for search, previews and the tier-1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels_ingest.html import is_manageable, stripped_text, without_data_urls

_BLOCK_NAMES = """
    address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul
"""
_SPACED_NAMES = "p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre"
_UNSEEN_NAMES = """
    script style title head template noscript object iframe select textarea button svg math audio video canvas
    noembed noframes xmp
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SPACED = frozenset(_SPACED_NAMES.split())
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MAX_QUOTE_DEPTH = 10


def html_to_text(html: str) -> str:
    """The visible text, a line per block, quoted blocks behind ``>``; tags are cut out of monstrous html."""
    html = without_data_urls(html)
    if not is_manageable(html):
        return stripped_text(html)
    tree = LexborHTMLParser(html)
    return nodes_to_text([tree.body] if tree.body else [])


def nodes_to_text(nodes: Iterable[LexborNode]) -> str:
    """The visible text of these nodes, one after the other."""
    lines = _Lines()
    for root in nodes:
        for node, is_end in walk(root):
            _write(lines, node, is_end=is_end)
        lines.new_line()
    return lines.text()


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """What is visible in and below ``root``: each node when it begins, elements once more when they end."""
    stack: list[tuple[LexborNode, bool]] = [(root, False)]
    while stack:
        node, is_end = stack.pop()
        if is_end:
            yield node, True
        elif is_visible(node):
            yield node, False
            if node.is_element_node:
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))


def is_visible(node: LexborNode) -> bool:
    """Whether a reader sees the node: mail hides preview texts and worse in invisible elements."""
    if not node.is_element_node:
        return node.is_text_node
    if node.tag in _UNSEEN:
        return False
    attributes = node.attributes
    return "hidden" not in attributes and not _HIDING_STYLE.search(attributes.get("style") or "")


def _write(lines: _Lines, node: LexborNode, *, is_end: bool) -> None:
    tag = node.tag or ""
    if node.is_text_node:
        lines.add(node.text_content or "", keep_breaks=lines.preformatted > 0)
    elif tag == "br":
        if not is_end:
            lines.new_line(even_if_empty=True)
    elif tag == "img" and not is_end:
        lines.add(node.attributes.get("alt") or "")
    elif tag in ("td", "th") and is_end:
        lines.add(" ")
    elif tag in _BLOCKS:
        lines.block(tag, is_end=is_end)


class _Lines:
    """Collects lines as a browser would break them."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.current: list[str] = []
        self.quote_depth = 0
        self.preformatted = 0

    def add(self, text: str, *, keep_breaks: bool = False) -> None:
        if keep_breaks:
            first, *more = text.split("\n")
            self.current.append(first)
            for line in more:
                self.new_line(even_if_empty=True)
                self.current.append(line)
        else:
            self.current.append(_SPACES.sub(" ", text))

    def new_line(self, *, even_if_empty: bool = False) -> None:
        line = "".join(self.current)
        line = line.rstrip() if self.preformatted else re.sub(" {2,}", " ", line).strip()
        if line or even_if_empty:
            prefix = ">" * min(self.quote_depth, _MAX_QUOTE_DEPTH)
            self.done.append(f"{prefix} {line}".rstrip() if prefix else line)
        self.current = []

    def block(self, tag: str, *, is_end: bool) -> None:
        self.new_line()
        if tag in _SPACED and self.done:
            self._blank_line(self.quote_depth - (tag == "blockquote" and is_end))
        if tag == "li" and not is_end:
            self.current.append("- ")
        step = -1 if is_end else 1
        self.quote_depth += step * (tag == "blockquote")
        self.preformatted += step * (tag == "pre")

    def _blank_line(self, quote_depth: int) -> None:
        """Between a deeper and a shallower quote stands one blank line, the shallower one's."""
        if not self.done[-1].strip("> "):
            quote_depth = min(quote_depth, len(self.done.pop()))
        self.done.append(">" * min(quote_depth, _MAX_QUOTE_DEPTH))

    def text(self) -> str:
        self.new_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.done)).strip("\n")
