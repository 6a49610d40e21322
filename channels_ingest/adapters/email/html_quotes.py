"""What is new in an html body: the same question as for text, asked of the tree that mail programs build."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels_ingest.adapters.email.attributions import (
    MARKER,
    MAX_LINE_LENGTH,
    begins_attribution,
    is_attribution,
    is_forward_separator,
    is_header_block,
    is_original_message,
)
from channels_ingest.html import is_manageable, without_data_urls
from channels_ingest.html_text import nodes_to_text, walk

_QUOTE_CLASSES = re.compile(
    r"(?:^|\s)(?:x_)?(?:gmail_attr|moz-cite-prefix|yahoo_quoted|zmail_extra|ms-outlook-mobile-reference-message)"
)
# Containers that hold an attribution, the quoted blocks, and any answers between those.
_CONTAINER_CLASSES = re.compile(r"(?:^|\s)(?:x_)?(?:gmail_quote|gmail_quote_container|protonmail_quote|tutanota_quote)")
_QUOTE_IDS = re.compile(r"(?:x_)*(?:mail-editor-reference-message-container|isForwardContent|reply-intro)$")
# From these elements on, all that follows is the earlier mail.
_SEPARATOR_IDS = re.compile(r"(?:x_)*(?:appendonsend|divRplyFwdMsg|stopSpelling|OLK_SRC_BODY_SECTION)$")
_SIGNATURE_CLASSES = re.compile(r"(?:^|\s)(?:moz-signature|gmail_signature)")
_RULE_ABOVE = re.compile(r"border(?:-top)?\s*:[^;]*solid", re.IGNORECASE)
_LOOK_BACK_LEAVES = 8
_MAX_RULED_BOXES = 10


@dataclass(slots=True)
class _Leaf:
    """A visible bit of text or a picture."""

    node: LexborNode
    is_quoted: bool
    is_signature: bool


@dataclass(slots=True)
class _Reading:
    """The state of one walk through the tree."""

    leaves: list[_Leaf] = field(default_factory=list)
    leaves_before: dict[int, int] = field(default_factory=dict)
    quote_depth: int = 0
    signature_depth: int = 0
    ruled_boxes: int = 0
    is_past_separator: bool = False
    # For each open container: whether one of its quoted blocks has begun.
    containers: list[bool] = field(default_factory=list)


def separate_html(html: str) -> tuple[str, str]:
    """The new part as html, and the quoted part as text (empty where nothing is quoted)."""
    html = without_data_urls(html)
    if not is_manageable(html):
        return html, ""
    tree = LexborHTMLParser(html)
    body = tree.body
    if body is None:
        return html, ""
    reading = _read(body)
    index = _cut(reading.leaves)
    if index is None:
        return html, ""
    removed = _after(body, _topmost(body, reading, index))
    quoted = nodes_to_text(removed)
    if is_forward_separator(next((line for line in quoted.split("\n") if line.strip("> ")), "")):
        return html, ""
    for node in removed:
        node.decompose()
    return body.inner_html or "", quoted


def _read(body: LexborNode) -> _Reading:
    reading = _Reading()
    opened: dict[int, tuple[bool, bool, bool]] = {}
    for node, is_end in walk(body):
        if is_end:
            _leave(reading, opened.pop(node.mem_id))
        elif node.is_element_node:
            reading.leaves_before[node.mem_id] = len(reading.leaves)
            opened[node.mem_id] = _enter(reading, node)
            if node.tag == "img":
                _add_leaf(reading, node)
        elif (node.text_content or "").strip("\u200b\ufeff \t\r\n\u00a0"):
            _add_leaf(reading, node)
    return reading


def _enter(reading: _Reading, node: LexborNode) -> tuple[bool, bool, bool]:
    """Note what this element begins; tells ``_leave`` what to end."""
    attributes = node.attributes
    classes, element_id = attributes.get("class") or "", attributes.get("id") or ""
    is_block = node.tag == "blockquote" and (
        attributes.get("type") == "cite" or bool(reading.containers) or bool(classes)
    )
    if is_block and reading.containers:
        reading.containers[-1] = True
    is_container = not is_block and bool(_CONTAINER_CLASSES.search(classes))
    is_quote = is_block or bool(_QUOTE_CLASSES.search(classes)) or bool(_QUOTE_IDS.match(element_id))
    is_signature = bool(_SIGNATURE_CLASSES.search(classes))
    reading.is_past_separator |= bool(_SEPARATOR_IDS.match(element_id)) or _is_header_block(reading, node, attributes)
    reading.quote_depth += is_quote
    reading.signature_depth += is_signature
    if is_container:
        reading.containers.append(False)
    return is_quote, is_signature, is_container


def _leave(reading: _Reading, began: tuple[bool, bool, bool]) -> None:
    is_quote, is_signature, is_container = began
    reading.quote_depth -= is_quote
    reading.signature_depth -= is_signature
    if is_container:
        reading.containers.pop()


def _add_leaf(reading: _Reading, node: LexborNode) -> None:
    text = (node.text_content or "") if node.is_text_node else ""
    reading.is_past_separator |= MARKER in text or is_original_message(text.strip("\n"))
    # In a container, what precedes the first block introduces it; what follows may be an answer.
    in_container = bool(reading.containers) and not reading.containers[-1]
    is_quoted = reading.is_past_separator or reading.quote_depth > 0 or in_container
    reading.leaves.append(_Leaf(node, is_quoted, reading.signature_depth > 0))


def _is_header_block(reading: _Reading, node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Outlook's ruled box with From, Sent, To and Subject."""
    if node.tag != "div" or not _RULE_ABOVE.search(attributes.get("style") or ""):
        return False
    reading.ruled_boxes += 1
    if reading.ruled_boxes > _MAX_RULED_BOXES:
        return False
    lines = [line for line in nodes_to_text([node])[:2_000].split("\n") if line.strip()]
    return is_header_block(lines[:_LOOK_BACK_LEAVES])


def _cut(leaves: list[_Leaf]) -> int | None:
    """The leaf with which the quoted end begins, or None."""
    start = len(leaves)
    while start > 0 and (leaves[start - 1].is_quoted or leaves[start - 1].is_signature):
        start -= 1
    # A signature above the quote is the new mail's.
    while start < len(leaves) and not leaves[start].is_quoted:
        start += 1
    if start == len(leaves):
        return None
    start = _with_attribution(leaves, start)
    has_new = any(not leaf.is_signature for leaf in leaves[:start])
    return start if has_new else None


def _with_attribution(leaves: list[_Leaf], start: int) -> int:
    joined, found = "", start
    for index in range(start - 1, max(-1, start - 1 - _LOOK_BACK_LEAVES), -1):
        joined = " ".join(f"{leaves[index].node.text_content or ''} {joined}".split())
        if len(joined) > MAX_LINE_LENGTH:
            break
        if is_attribution(joined):
            if begins_attribution(joined):
                return index
            found = index if found == start else found
    return found


def _topmost(body: LexborNode, reading: _Reading, index: int) -> LexborNode:
    """The largest element that begins with this leaf."""
    node = reading.leaves[index].node
    while (parent := node.parent) is not None and parent.mem_id != body.mem_id:
        if reading.leaves_before.get(parent.mem_id) != index:
            break
        node = parent
    return node


def _after(body: LexborNode, node: LexborNode) -> list[LexborNode]:
    """This node and all that follow it in the document, each with what is below it."""
    found = [node]
    current: LexborNode | None = node
    while current is not None and current.mem_id != body.mem_id:
        sibling = current.next
        while sibling is not None:
            found.append(sibling)
            sibling = sibling.next
        current = current.parent
    return found
