"""Any bytes at all are read, and no word of them is lost."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_ingest.adapters.email.addresses import parse_addresses
from channels_ingest.adapters.email.attributions import MARKER
from channels_ingest.adapters.email.html_quotes import separate_html
from channels_ingest.adapters.email.machines import kind_of_machine
from channels_ingest.adapters.email.mime import parse_mail
from channels_ingest.adapters.email.quotes import separate_text
from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import InboundMessage
from channels_ingest.html_text import html_to_text
from tests.channels_ingest.email.mails import PAYLOADS, items

SEEDS = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.eml"))]
SCRAPS = st.sampled_from(
    [
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Content-Type: ",
        b"multipart/mixed; boundary=b",
        b'multipart/alternative; boundary="b"',
        b"message/rfc822",
        b"text/html; charset=",
        b"utf-7",
        b"unknown-8bit",
        b"\r\n",
        b"\n",
        b"\n\n",
        b"--b",
        b"--b--",
        b"=?utf-8?q?=",
        b"=?iso-2022-jp?b?",
        b"?=",
        b"<jo@x.example>",
        b"(",
        b'"',
        b";",
        b":",
        b"\x00",
        b"\xff",
        b"\x1b$B",
        b"<div>",
        b"<blockquote>",
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; filename*0*=",
        b"Date: ",
        b"1 Jan 0000 99:99",
        b"message/delivery-status",
        b"Final-Recipient: rfc822;",
        b"Message-ID: ",
        b" ",
        b"\t",
        b"> ",
        b"On 1 May 2026 10:00, x wrote:",
    ]
)
SOUP = st.lists(st.one_of(SCRAPS, st.binary(max_size=20)), max_size=40).map(b"".join)
LINES = st.sampled_from(
    [
        "",
        " ",
        "Hello",
        "> quoted",
        ">> deeper",
        "On 4 May 2026 at 17:03, Ada <a@x.example> wrote:",
        "Ada wrote:",
        "-----Original Message-----",
        "From: Ada <a@x.example>",
        "Sent: Monday",
        "To: Jo",
        "Subject: Lamp",
        MARKER,
        "-- ",
        "--",
        "________________________________",
        "---------- Forwarded message ---------",
        "Am 4.5.26 um 10:00",
        "schrieb Ada:",
        "a:",
        "\t> x",
    ]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with some of its bytes cut, repeated or replaced."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw)))
        end = draw(st.integers(start, min(len(raw), start + 200)))
        raw = raw[:start] + draw(SOUP) * draw(st.integers(1, 3)) + raw[end:]
    return raw


@given(st.one_of(st.binary(max_size=2000), SOUP, damaged()))
@settings(max_examples=400, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read(raw: bytes) -> None:
    parsed = parse_mail(raw)

    kind_of_machine(parsed)
    assert "\x00" not in parsed.text + parsed.html + parsed.subject
    (parsed.text + parsed.html + parsed.subject + repr(parsed.attachments)).encode("utf-8")


@given(st.one_of(SOUP, damaged()))
@settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
def test_the_adapter_reads_or_says_that_it_cannot(raw: bytes) -> None:
    try:
        found = items(raw)
    except Unreadable:
        return
    assert found
    for one in found:
        if isinstance(one, InboundMessage):
            assert one.provider_message_id
            repr(one).encode("utf-8")


@given(st.lists(LINES, max_size=30))
@settings(max_examples=500, deadline=None)
def test_every_line_is_new_or_quoted_and_in_its_order(lines: list[str]) -> None:
    text = "\n".join(lines)

    new, quoted = separate_text(text)

    kept = [line.rstrip() for line in f"{new}\n{quoted}".split("\n") if line.strip()]
    assert kept == [line.rstrip() for line in lines if line.strip()]
    assert new.strip() or not text.strip()


HTML_PIECES = st.sampled_from(
    [
        "<p>one</p>",
        "two",
        "<div>",
        "</div>",
        '<blockquote type="cite">',
        "</blockquote>",
        '<div class="gmail_quote">',
        "<br>",
        '<div id="appendonsend">',
        "<b>three</b>",
        "On 4 May 2026 17:03, Ada wrote:",
        '<div class="moz-cite-prefix">',
        "<hr>",
        '<div class="moz-signature">',
        "<img alt=four>",
        "<table><tr><td>",
        "</table>",
        "-----Original Message-----",
    ]
)


@given(st.lists(HTML_PIECES, max_size=15))
@settings(max_examples=400, deadline=None)
def test_every_word_of_html_is_new_or_quoted(pieces: list[str]) -> None:
    html = "".join(pieces)

    new, quoted = separate_html(html)

    kept = f"{html_to_text(new)} {quoted}".replace(">", " ").split()
    assert sorted("".join(kept)) == sorted("".join(html_to_text(html).replace(">", " ").split()))


@given(st.text(alphabet='"<>@,;:()\\ .ab=?_-éü\u202e', max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_address_header_is_read(value: str) -> None:
    for found in parse_addresses(value):
        assert found.address.count("@") >= 1
        assert not set("<>,; ").intersection(found.domain)
