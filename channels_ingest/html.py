"""Strangers' html: made safe to show in a sandboxed frame, and made into text. Both in bounded time.

Parsers of html take quadratic time on some inputs (deep nesting, thousands of attributes on one tag).
``is_manageable`` refuses those before any parser sees them.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from urllib.parse import unquote

import nh3
from selectolax.lexbor import LexborHTMLParser

MAX_HTML_CHARACTERS = 1_000_000
_MAX_TAG_COUNT = 15_000
_MAX_TAG_CHARACTERS = 8_000
_TAG_START = re.compile(r"<[a-zA-Z]")
# One whole start tag from a given place, reading quotes as browsers do; possessive, so linear.
_TAG = re.compile(r"""<[a-zA-Z](?:=\s*+"[^"]*+"|=\s*+'[^']*+'|[^>])*+>""")
_DATA_URL = re.compile(r"data:[a-zA-Z/+.-]{0,60};base64,[A-Za-z0-9+/=\s]*+")
_ANY_TAG = re.compile(r"<[^<>]*>")
_HIDDEN_BLOCKS = re.compile(r"<(style|script|head|title)\b", re.IGNORECASE)

_SHOWN = """
    a abbr b bdi big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup
    table tbody td tfoot th thead tr tt u ul var wbr
"""
# Not forms: some shops wrap a whole mail in one, and only the form itself must go.
_DROPPED_WITH_CONTENT = """
    script style title object iframe noscript template svg math button select textarea audio video canvas applet
    noframes xmp
"""
_SIZES = {"width", "height", "align", "valign"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title"},
    "a": {"href", "name"},
    "img": {"src", "data-src", "alt", *_SIZES},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "bgcolor", "summary", *_SIZES},
    "td": {"colspan", "rowspan", "bgcolor", "nowrap", *_SIZES},
    "th": {"colspan", "rowspan", "bgcolor", "nowrap", "scope", *_SIZES},
    "tr": {"bgcolor", *_SIZES},
    "col": {"span", *_SIZES},
    "colgroup": {"span", *_SIZES},
    "ol": {"start", "type"},
    "ul": {"type"},
    "div": {"align"},
    "p": {"align"},
    "hr": {"size", "color", *_SIZES},
}
# Nothing that moves a box out of its place or loads anything.
_STYLES = """
    background-color color direction display font font-family font-size font-style font-variant font-weight
    letter-spacing line-height list-style-type text-align text-decoration text-indent text-transform
    vertical-align white-space word-break word-spacing overflow-wrap
    border border-top border-right border-bottom border-left border-color border-style border-width
    border-radius border-collapse border-spacing
    padding padding-top padding-right padding-bottom padding-left
    margin margin-top margin-right margin-bottom margin-left
    width max-width min-width height
"""
_SAFE_LINK = re.compile(r"\s*(?:https?|mailto|tel):", re.IGNORECASE)
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_MAX_REMOTE_IMAGES = 200
_FUNCTIONS_ALLOWED = re.compile(r"\b(?:rgba?|hsla?)\(")


def is_manageable(html: str) -> bool:
    """Whether parsing this takes bounded time: not too long, not too many tags, no monstrous tag."""
    if len(html) > MAX_HTML_CHARACTERS:
        return False
    for count, start in enumerate(_TAG_START.finditer(html), start=1):
        if count > _MAX_TAG_COUNT:
            return False
        window_end = min(len(html), start.start() + _MAX_TAG_CHARACTERS)
        if window_end < len(html) and _TAG.match(html, start.start(), window_end) is None:
            return False
    return True


def without_data_urls(html: str) -> str:
    """The html without images written into it as base64: they are never shown and cost the most."""
    return _DATA_URL.sub("data:,", html)


def clean_html(
    html: str,
    *,
    size_limit: int,
    cid_url: Callable[[str], str | None] | None = None,
    remote_url: Callable[[str], str | None] | None = None,
) -> str:
    """Html that can't run, load, submit or escape; safe to clean again.

    Images from elsewhere keep their address in ``data-src`` and load nothing, unless ``remote_url`` gives a URL
    of ours for it. ``cid_url`` gives that of a part of the same mail by its Content-ID, or None to leave the
    picture out. Html that is longer than ``size_limit`` characters, or that no parser reads in bounded time, comes
    back as its text.
    """
    html = without_data_urls(html)
    if len(html) > size_limit or not is_manageable(html):
        return f'<div style="white-space: pre-wrap">{entities.escape(stripped_text(html[:size_limit]))}</div>'
    ours: set[str] = set()
    return nh3.clean(
        _with_remote_images_parked(html, remote_url, ours),
        tags=set(_SHOWN.split()),
        clean_content_tags=set(_DROPPED_WITH_CONTENT.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(cid_url, ours),
        filter_style_properties=set(_STYLES.split()),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _with_remote_images_parked(html: str, remote_url: Callable[[str], str | None] | None, ours: set[str]) -> str:
    """Each remote picture's address put aside, or changed for ours, which then is noted in ``ours``."""
    if "<img" not in html.lower():
        return html
    tree = LexborHTMLParser(html)
    for image in tree.css("img"):
        source = next((one for name in ("src", "data-src") if _REMOTE.match(one := image.attrs.get(name) or "")), "")
        if not source:
            continue
        link = remote_url(source.strip()) if remote_url and len(ours) < _MAX_REMOTE_IMAGES else None
        if link:
            ours.add(link)
            image.attrs["src"] = link
        else:
            image.attrs["data-src"] = source.strip()
            if "src" in image.attrs:
                del image.attrs["src"]
    return (tree.body.html if tree.body else tree.html) or ""


def _attribute_filter(
    cid_url: Callable[[str], str | None] | None, ours: set[str]
) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src" and value in ours:
            return value
        if attribute == "src":
            return _image_source(value, cid_url)
        if attribute == "data-src":
            return value if _REMOTE.match(value) else None
        if attribute == "href":
            return value if _SAFE_LINK.match(value) else None
        return _safe_style(value) if attribute == "style" else value

    return keep


def _image_source(value: str, cid_url: Callable[[str], str | None] | None) -> str | None:
    if cid_url is None or not value.strip().lower().startswith("cid:"):
        return None
    return cid_url(content_id(value))


def content_id(reference: str) -> str:
    """A Content-ID as both sides are compared: without ``cid:``, angle brackets and URL encoding."""
    text = reference.strip()
    if text[:4].lower() == "cid:":
        text = unquote(text[4:])
    return text.strip().strip("<>").strip()


def _safe_style(style: str) -> str | None:
    kept = []
    for declaration in style.split(";"):
        if "(" in _FUNCTIONS_ALLOWED.sub("", declaration) or set("\\@<").intersection(declaration):
            continue
        kept.append(declaration)
    return ";".join(kept).strip() or None


def stripped_text(html: str) -> str:
    """Text by cutting tags out, for html that no parser should see."""
    shown: list[str] = []
    position = 0
    while found := _HIDDEN_BLOCKS.search(html, position):
        shown.append(html[position : found.start()])
        end = html.lower().find(f"</{found.group(1).lower()}", found.end()) if len(shown) < 50 else -1
        position = end if end >= 0 else found.end()
    shown.append(html[position:])
    return entities.unescape(_ANY_TAG.sub(" ", "".join(shown))).strip()
