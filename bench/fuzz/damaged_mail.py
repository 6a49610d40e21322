"""Raw mails of the corpus, damaged in the ways that mail gets damaged. The same generator gives the same mail."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "channels_ingest" / "email" / "payloads"
MAX_BYTES = 12 * 1024 * 1024
_CHARSETS = tuple(
    """
    utf-8 us-ascii iso-8859-1 iso-8859-8-i windows-1252 koi8-r gb2312 gb18030 big5 euc-kr ks_c_5601-1987 shift_jis
    iso-2022-jp iso-2022-kr hz utf-7 utf-16 utf-32 unknown-8bit x-user-defined cp-850 utf8mb4 punycode zlib idna
    """.split()  # noqa: SIM905 - a list of words reads better so
)
_ENCODINGS = b"7bit 8bit binary base64 quoted-printable x-uuencode 8-bit BASE64; base64,7bit".split()
_TYPES = (
    b"text/plain text/html text/calendar text/enriched multipart/mixed multipart/alternative multipart/related "
    b"multipart/report multipart/signed multipart/digest message/rfc822 message/delivery-status message/partial "
    b"message/external-body application/ms-tnef application/pkcs7-mime image/png application/octet-stream x y/ /z"
).split()
_HEADERS = (
    b"From To Cc Subject Date Message-ID In-Reply-To References Reply-To Content-Type Content-Transfer-Encoding "
    b"Content-Disposition Content-ID Return-Path Delivered-To Auto-Submitted Precedence List-Id DKIM-Signature "
    b"Authentication-Results X-Failed-Recipients Received MIME-Version"
).split()
_SCRAPS = (
    b"\r\n", b"\n", b"\r", b"\n\n", b"\x00", b"\xff\xfe", b"\x1b$B", b"\x1b(B", b"=?utf-8?b?", b"=?iso-2022-jp?q?",
    b"?=", b"<", b">", b'"', b"\\", b"(", b")", b"<jo@x.example>", b"@", b":;", b",,,", b"--", b"--b--",
    b"; boundary=", b"%00", b"filename*0*=utf-8''", b"filename*1=", b"<div>", b"</div>", b"<blockquote type=cite>",
    b"<style>", b"<!--", b"]]>", b"<table><tr><td>", b"&#x1F4A9;", b"&#0;", b"cid:", b"data:image/png;base64,",
    b"> ", b"On 4 May 2026, x wrote:\n", b"-----Original Message-----\n", b"From: x\nSent: y\nTo: z\nSubject: w\n",
    b"-- \n", b"begin 644 x\n", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"=\r\n", b"=3D", b"=",
    b"Final-Recipient: rfc822;", b"Action: failed\n", b"Status: 5.1.1\n", b"BEGIN:VCALENDAR\n",
    b"99999999999999999999", b"-1", b"1 Jan 0000 99:99:99 +9999",
)  # fmt: skip


@cache
def corpus() -> tuple[tuple[str, bytes], ...]:
    """Every mail of the corpus by its name, in the order of names."""
    return tuple((path.stem, path.read_bytes()) for path in sorted(CORPUS.glob("*.eml")))


def make(random: Random) -> tuple[str, bytes]:
    """A damaged mail, and how it came to be, in a few words."""
    name, raw = random.choice(corpus())
    told = [name]
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5, 9))):
        damage = random.choice(_DAMAGES)
        raw = damage(raw, random)[:MAX_BYTES]
        told.append(damage.__name__)
    return " ".join(told), raw


def flip_bytes(raw: bytes, random: Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(random.randint(1, 30) if raw else 0):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def truncate(raw: bytes, random: Random) -> bytes:
    return raw[: random.randint(0, len(raw))]


def cut_out(raw: bytes, random: Random) -> bytes:
    start, end = _range(raw, random)
    return raw[:start] + raw[end:]


def splice(raw: bytes, random: Random) -> bytes:
    """The beginning of one mail, the end of another."""
    _, other = random.choice(corpus())
    return raw[: random.randint(0, len(raw))] + other[random.randint(0, len(other)) :]


def put_in(raw: bytes, random: Random) -> bytes:
    at = random.randint(0, len(raw))
    return raw[:at] + b"".join(random.choices(_SCRAPS, k=random.randint(1, 8))) + raw[at:]


def repeat(raw: bytes, random: Random) -> bytes:
    """A piece many times over; now and then so often that it fills megabytes."""
    start, end = _range(raw, random, longest=400)
    piece = raw[start:end] or random.choice(_SCRAPS)
    size = random.choices((2_000, 50_000, 1_000_000, 10_000_000), weights=(800, 180, 19, 1))[0]
    return raw[:start] + piece * (size // len(piece)) + raw[end:]


def repeat_scrap(raw: bytes, random: Random) -> bytes:
    at, scrap = random.randint(0, len(raw)), random.choice(_SCRAPS)
    size = random.choices((300, 20_000, 500_000), weights=(80, 18, 2))[0]
    return raw[:at] + scrap * (size // len(scrap)) + raw[at:]


def double_header(raw: bytes, random: Random) -> bytes:
    lines = raw.split(b"\n")
    named = [number for number, line in enumerate(lines[:60]) if b":" in line]
    if not named:
        return raw
    lines.insert(random.choice(named), lines[random.choice(named)])
    return b"\n".join(lines)


def change_header(raw: bytes, random: Random) -> bytes:
    """Another header on top, with a value that fits or doesn't."""
    name = random.choice(_HEADERS)
    value = b"".join(random.choices((*_SCRAPS, *_TYPES, *_ENCODINGS, *_HEADERS), k=random.randint(0, 6)))
    return name + random.choice((b": ", b":", b" : ", b":\t")) + value + b"\n" + raw


def drop_header(raw: bytes, random: Random) -> bytes:
    head, blank, body = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    lines.pop(random.randrange(len(lines)))
    return b"\n".join(lines) + blank + body


def lie_about_charset(raw: bytes, random: Random) -> bytes:
    text, charset = random.choice(("Grüße aus Köln", "注文の品", "Привет", "שלום", "ok")), random.choice(_CHARSETS)
    real = random.choice(("utf-8", "cp1252", "shift_jis", "koi8-r", "utf-16", "iso2022_jp"))
    changed = raw.replace(b"UTF-8", charset.encode()).replace(b"utf-8", charset.encode())
    at = random.randint(0, len(changed))
    return changed[:at] + text.encode(real, "replace") + changed[at:]


def lie_about_type(raw: bytes, random: Random) -> bytes:
    wanted = [one for one in _TYPES if one in raw]
    return raw.replace(random.choice(wanted), random.choice(_TYPES), random.randint(1, 3)) if wanted else raw


def lie_about_encoding(raw: bytes, random: Random) -> bytes:
    return raw.replace(random.choice((b"8bit", b"base64", b"quoted-printable")), random.choice(_ENCODINGS))


def swap_boundary(raw: bytes, random: Random) -> bytes:
    at = raw.find(b"boundary=")
    if at < 0:
        return raw
    end = raw.find(b"\n", at)
    return raw[:at] + b"boundary=" + random.choice((b'"b"', b"", b'""', b'"' + b"b" * 300 + b'"', b"--")) + raw[end:]


def mix_up_boundaries(raw: bytes, random: Random) -> bytes:
    lines = raw.split(b"\n")
    marks = [number for number, line in enumerate(lines) if line.startswith(b"--")]
    if len(marks) > 1:
        one, other = random.sample(marks, 2)
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def nest(raw: bytes, random: Random) -> bytes:
    """The mail in a mail in a mail."""
    for depth in range(random.choice((1, 2, 5, 25, 60))):
        kind = random.choice((b"message/rfc822", b"multipart/mixed", b"multipart/alternative", b"multipart/related"))
        mark = b"n%d" % depth
        inner = raw if kind == b"message/rfc822" else b"--" + mark + b"\n" + raw + b"\n--" + mark + b"--"
        raw = b"From: jo@customer.example\nContent-Type: " + kind + b"; boundary=" + mark + b"\n\n" + inner
    return raw


def many_parts(raw: bytes, random: Random) -> bytes:
    part = b"--p\nContent-Type: " + random.choice(_TYPES) + b"; name=a\n\n" + raw[-200:] + b"\n"
    return b"Content-Type: multipart/mixed; boundary=p\n" + raw.replace(b"\n\n", b"\n\n" + part * 150, 1)


def encode_body(raw: bytes, random: Random) -> bytes:
    head, _, body = raw.partition(b"\n\n")
    encoded = base64.encodebytes(body)
    return head + b"\nContent-Transfer-Encoding: base64\n\n" + put_in(encoded, random)


def change_line_ends(raw: bytes, random: Random) -> bytes:
    return raw.replace(b"\n", random.choice((b"\r\n", b"\r", b"\n\r", b"\r\r\n", b"\n ", b"")))


def recode(raw: bytes, random: Random) -> bytes:
    """The whole mail in a charset that mail is not written in."""
    return raw.decode("utf-8", "replace").encode(random.choice(("utf-16", "utf-32", "utf-7", "cp500")), "replace")


def _range(raw: bytes, random: Random, longest: int = 3_000) -> tuple[int, int]:
    start = random.randint(0, len(raw))
    return start, min(len(raw), start + random.randint(0, longest))


_DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip_bytes, truncate, cut_out, splice, put_in, put_in, repeat, repeat_scrap, double_header, change_header,
    change_header, drop_header, lie_about_charset, lie_about_type, lie_about_encoding, swap_boundary, mix_up_boundaries,
    nest, many_parts, encode_body, change_line_ends, recode,
)  # fmt: skip
