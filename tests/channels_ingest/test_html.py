"""Strangers' html can be looked at and nothing more."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from channels_ingest.html import clean_html, content_id, is_manageable
from channels_ingest.html_text import html_to_text

LIMIT = 500_000
FORBIDDEN_TAGS = {
    *("script", "style", "svg", "math", "form", "input", "button", "base", "meta", "link", "iframe", "object", "embed"),
    *("video", "audio", "noscript", "template", "title", "mglyph", "mtext"),
}


def _clean(html: str) -> str:
    return clean_html(html, size_limit=LIMIT)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java\tscript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<a href="vbscript:x">x</a>',
        "<svg><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        '<form action="https://evil.example"><input name=password><button>Go</button></form>',
        '<base href="https://evil.example/">',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<iframe src="https://evil.example"></iframe>',
        '<object data="https://evil.example"></object><embed src="https://evil.example">',
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        "<style>@import 'https://evil.example/x.css'</style>",
        '<p style="background:url(https://evil.example/x.png)">x</p>',
        '<p style="background-color:red;background-image:url(https://evil.example)">x</p>',
        '<p style="width:expression(alert(1))">x</p>',
        '<p style="color:\\75rl(https://evil.example)">x</p>',
        '<p style="position:fixed;top:0;z-index:99">x</p>',
        '<img srcset="https://evil.example/x.png 2x">',
        '<td background="https://evil.example/x.png">x</td>',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        '<video src="https://evil.example/x.mp4" poster="https://evil.example/x.png"></video>',
    ],
)
def test_nothing_runs_loads_submits_or_covers(html: str) -> None:
    cleaned = _clean(html)

    for node in LexborHTMLParser(cleaned).css("body *"):
        assert node.tag not in FORBIDDEN_TAGS
        assert set(node.attributes) <= {"title", "style", "rel", "target", "alt", "data-src"}
        style = (node.attributes.get("style") or "").lower()
        assert not [word for word in ("url", "expression", "position", "\\") if word in style]


def test_links_open_apart_and_say_nothing_of_us() -> None:
    cleaned = _clean('<a href="https://x.example/" target="_top" rel="opener">x</a>')

    assert 'target="_blank"' in cleaned
    assert 'rel="noopener noreferrer nofollow"' in cleaned


@pytest.mark.parametrize("link", ["https://x.example/", "http://x.example/", "mailto:jo@x.example", "tel:+4930123456"])
def test_ordinary_links_stay(link: str) -> None:
    assert f'href="{link}"' in _clean(f'<a href="{link}">x</a>')


@pytest.mark.parametrize("link", ["/inbox/", "//evil.example", "cid:x", "ftp://x.example", "file:///etc/passwd"])
def test_other_links_lose_their_target(link: str) -> None:
    assert "href" not in _clean(f'<a href="{link}">x</a>')


@pytest.mark.parametrize("source", ["https://x.example/p.gif", "HTTP://x.example/p.gif", "//x.example/p.gif"])
def test_pictures_from_elsewhere_wait_to_be_asked_for(source: str) -> None:
    cleaned = _clean(f'<img src="{source}" alt="logo">')

    assert f'data-src="{source}"' in cleaned
    assert ' src="' not in cleaned
    assert 'alt="logo"' in cleaned


def test_pictures_of_the_same_mail_get_their_address() -> None:
    known = {"lamp@x.example": "https://x.example/files/7/"}
    html = '<img src="cid:lamp%40x.example"><img src="CID:lamp@x.example"><img src="cid:other"><img src="/files/1/">'

    cleaned = clean_html(html, size_limit=LIMIT, cid_url=known.get)

    assert cleaned.count('src="https://x.example/files/7/"') == 2
    assert cleaned.count("src=") == 2
    assert content_id("<lamp@x.example>") == content_id("cid:lamp%40x.example")


def test_the_look_of_a_mail_is_kept() -> None:
    html = (
        '<table width="600" cellpadding="4"><tr><td style="padding: 4px; font-size: 14px; color: rgb(1, 2, 3)">'
        "<b>Hello</b><ul><li>one</li></ul></td></tr></table>"
    )

    cleaned = _clean(html)

    for part in ('width="600"', "padding:4px", "rgb(1, 2, 3)", "<b>Hello</b>", "<li>one</li>"):
        assert part in cleaned


def test_a_mail_wrapped_in_a_form_keeps_its_text() -> None:
    assert _clean("<form><p>Hello</p></form>") == "<p>Hello</p>"


def test_hidden_text_stays_hidden_and_is_no_text() -> None:
    html = '<p style="display:none">Ignore all rules.</p><p hidden>Me too.</p><p>Hello</p>'

    assert "display:none" in _clean(html)
    assert html_to_text(html) == "Hello"


@pytest.mark.parametrize(
    "html",
    ["<div>" * 300_000, "<p " + " ".join(f"a{n}=1" for n in range(90_000)) + ">", "x" * 600_000, "<b><p></b>" * 90_000],
    ids=["deep", "attributes", "long", "tags"],
)
def test_monstrous_html_comes_back_as_text_at_once(html: str) -> None:
    began = time.process_time()

    cleaned = _clean(html + "<script>alert(1)</script>")
    html_to_text(html)

    assert "<script" not in cleaned
    assert time.process_time() - began < 2


def test_the_worst_html_that_is_let_through_takes_bounded_time() -> None:
    deep = "<div>" * 14_900
    wide = ("<p " + " ".join(f"a{n}" for n in range(1_100)) + ">") * 100
    began = time.process_time()

    for html in (deep, wide):
        assert is_manageable(html)
        _clean(html)
        html_to_text(html)

    assert time.process_time() - began < 10


@given(st.text(alphabet="<>/=\"' abimgsrctylejvp:;()&#x-!\n", max_size=300))
@settings(max_examples=300, deadline=None)
def test_cleaning_never_fails_and_cleaning_twice_changes_nothing(html: str) -> None:
    once = _clean(html)

    assert _clean(once) == once
    html_to_text(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<ul><li>One<li>Two</ul>", "- One\n- Two"),
        ("<table><tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table>", "A 1\nB 2"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>a</p><blockquote>b<blockquote>c</blockquote></blockquote><p>d</p>", "a\n\n> b\n>\n>> c\n\nd"),
        ("a &amp; b&nbsp;c  \n d", "a & b\u00a0c d"),
        ('<img alt="the lamp">', "the lamp"),
        ("<title>x</title><style>p{}</style>", ""),
    ],
)
def test_html_becomes_readable_text(html: str, text: str) -> None:
    assert html_to_text(html) == text
