"""What people paste, made clean: blanks around it, and characters that show nothing. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import idna

from customers.addresses import normalise_email, normalise_phone

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\x00]")
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z")
# None begins with 0: that is a number without its country code.
_SHORT_CODE = re.compile(r"[1-9][0-9]{2,7}\Z")
_PHONE_MARKS = re.compile(r"[\s()./-]+")


def clean(text: str) -> str:
    """Without blanks around it and without what can't be seen."""
    return _INVISIBLE.sub("", text.replace("\u00a0", " ")).strip()


def clean_lines(text: str) -> list[str]:
    """One value a line, each clean, none twice."""
    return list(dict.fromkeys(filter(None, map(clean, text.splitlines()))))


def phone_number(text: str) -> str | None:
    """A number of ours: E.164, or a short code as it is. None where it is neither."""
    bare = _PHONE_MARKS.sub("", clean(text))
    return bare if _SHORT_CODE.match(bare) else normalise_phone(bare)


def mail_address(text: str) -> str | None:
    """A mail address of ours; None where it is none."""
    return normalise_email(clean(text))


def web_address(text: str) -> str | None:
    """An http(s) address without a slash at its end; None where it is none."""
    text = clean(text)
    parts = _split(text)
    if parts is None or re.search(r"[\s\"'<>;,]", text):
        return None
    return text.rstrip("/")


def site(text: str) -> str | None:
    """The origin of a site that may embed the chat, safe to stand in a frame-ancestors list; None where it is none.

    A path is cut off: pages of one site can't be told apart there.
    """
    parts = _split(clean(text) if "//" in text else "https://" + clean(text))
    if parts is None:
        return None
    scheme, host, port = parts
    return f"{scheme}://{host}" + (f":{port}" if port else "")


def _split(text: str) -> tuple[str, str, int | None] | None:
    """Scheme, host in ASCII, port. None for what is no http(s) address, or carries a user name."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode()
    except ValueError:  # idna.IDNAError is one
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or len(host) > 253 or not _HOST.match(host):
        return None
    return parts.scheme, host, port
