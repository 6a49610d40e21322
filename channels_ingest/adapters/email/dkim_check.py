"""Whether the author's own domain signed a mail (RFC 6376), found out here where no server of ours has said.

Only signatures aligned with the From domain are looked at: no other one proves anything of the author, and no
name but his own is ever asked for. What dkimpy leaves open is decided here: which signatures count at all, and
how much time and memory one may cost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from channels_ingest.adapters.email.authentication import is_aligned
from channels_ingest.adapters.email.dns_texts import Texts, Unanswered
from channels_ingest.adapters.email.mime import ParsedMail
from customers.organisations import organisation

MAX_SIGNATURES = 5
MAX_MAIL_BYTES = 27 * 1024 * 1024
MIN_KEY_BITS = 1024
_MAX_LOOKED_AT = 20
_MAX_HEADER_BYTES = 256 * 1024
_MAX_FIELD_COUNT = 500
_MAX_SIGNATURE_BYTES = 4_000
_MAX_SIGNED_FIELDS = 150
# dkimpy's patterns take quadratic time on long white space.
_LONG_SPACE = re.compile(rb"[ \t\r\n]{80}")
_BARE_RETURN = re.compile(rb"\r(?!\n)")
_SPACES = re.compile(rb"[\t ]+")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_NAMES = re.compile(rb"^([!-9;-~]+)[ \t]*:", re.MULTILINE)
# Of these we read the topmost and a signature covers the lowest: twice there, nobody knows which one was signed.
_ONCE = frozenset(
    b"from to cc subject date message-id reply-to in-reply-to references content-type content-transfer-encoding".split()
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of the author. ``outcome``: "pass", "none" (no signature of his domain counts) or "unknown"."""

    outcome: str
    reason: str = ""
    domain: str = ""


class _Bad(Exception):
    """A signature that doesn't count, and why."""


def has_signature(raw: bytes) -> bool:
    """Whether the mail says at all that it is signed; costs next to nothing."""
    return b"dkim-signature" in raw[:_MAX_HEADER_BYTES].lower()


def may_be_asked(raw: bytes) -> bool:
    """Whether there can be a question about the author at all: a signature, or what a server says of SPF."""
    head = raw[:_MAX_HEADER_BYTES].lower()
    return b"dkim-signature" in head or (b"authentication-results" in head and b"spf=" in head)


def find_out(mail: ParsedMail, raw: bytes, texts: Texts, *, at: datetime) -> Finding:
    """Check the signatures of the author's domain, as of the time the mail was received. Never raises."""
    if mail.sender is None or not organisation(mail.sender.domain):
        return Finding("none", "No author with a domain of his own.")
    try:
        signer = _Signer(raw)
    except _Bad as error:
        return Finding("none", str(error))
    reasons, unanswered = [], ""
    for index, fields in signer.aligned_with(mail.sender.domain):
        try:
            signer.check(index, fields, texts, at)
        except Unanswered as error:
            unanswered = unanswered or str(error)
        except _Bad as error:
            reasons.append(str(error))
        else:
            return Finding("pass", domain=_text(fields[b"d"]))
    if unanswered:
        return Finding("unknown", unanswered)
    return Finding("none", reasons[0] if reasons else "The author's domain did not sign it.")


class _Signer:
    """One mail as dkimpy reads it, with what takes it too long kept out."""

    def __init__(self, raw: bytes) -> None:
        found = _HEAD_END.search(raw, 0, _MAX_HEADER_BYTES)
        if found is None or len(raw) > MAX_MAIL_BYTES:
            raise _Bad("The mail is too large to be checked.")
        head = raw[: found.start()]
        names = [name.lower() for name in _NAMES.findall(head)]
        if len(names) > _MAX_FIELD_COUNT or _BARE_RETURN.search(head):
            raise _Bad("The mail's head is not as mail programs write it.")
        if doubled := [name for name in _ONCE if names.count(name) > 1]:
            raise _Bad(f"The mail has more than one {_text(doubled[0])} header.")
        try:
            self.message = dkim.DKIM(raw, minkey=MIN_KEY_BITS)
        except (dkim.DKIMException, IndexError, ValueError, TypeError) as error:
            raise _Bad("The mail's head can't be read.") from error
        self.body = self.message.body
        self.relaxed_body: bytes | None = None

    def aligned_with(self, domain: str) -> list[tuple[int, dict[bytes, bytes]]]:
        """The signatures of the domain's organisation, with their place and their tags."""
        values = [value for name, value in self.message.headers if name.lower() == b"dkim-signature"]
        found = []
        for index, value in enumerate(values[:_MAX_LOOKED_AT]):
            try:
                if len(value) > _MAX_SIGNATURE_BYTES or _LONG_SPACE.search(value):
                    continue
                fields = parse_tag_value(value)
            except (InvalidTagValueList, ValueError):
                continue
            if is_aligned(_text(fields.get(b"d", b"")), domain):
                found.append((index, fields))
        return found[:MAX_SIGNATURES]

    def check(self, index: int, fields: dict[bytes, bytes], texts: Texts, at: datetime) -> None:
        """Raises _Bad unless the signature holds and counts, Unanswered where its key can't be looked up now."""
        _refuse_what_never_counts(fields, at)
        domain = _text(fields[b"d"])
        name = f"{_text(fields[b's'])}._domainkey.{domain}"
        record = next((text for text in texts.of(name, domain=organisation(domain)) if "p=" in text), "")
        _refuse_key(record, fields)
        self._use_body(fields)
        try:
            holds = self.message.verify(idx=index, dnsfunc=lambda *_, **__: record.encode("ascii", "replace"))
        except (dkim.DKIMException, ValueError, TypeError, LookupError, AssertionError, OverflowError) as error:
            raise _Bad(f"The signature of {domain} can't be checked: {str(error)[:120]}") from error
        if not holds:
            raise _Bad(f"The signature of {domain} does not fit the mail.")

    def _use_body(self, fields: dict[bytes, bytes]) -> None:
        """White space is compressed beforehand where the signature asks for that anyway; dkimpy's way is not linear."""
        if fields.get(b"c", b"").lower().endswith(b"/relaxed"):
            self.relaxed_body = _SPACES.sub(b" ", self.body) if self.relaxed_body is None else self.relaxed_body
            self.message.body = self.relaxed_body
        else:
            self.message.body = self.body


def _refuse_what_never_counts(fields: dict[bytes, bytes], at: datetime) -> None:
    """RFC 8301 forbids SHA-1; a signature of the beginning only lets anybody write the rest."""
    missing = [tag for tag in (b"a", b"b", b"bh", b"d", b"h", b"s") if not fields.get(tag)]
    if missing:
        raise _Bad(f"The signature has no {_text(missing[0])}= tag.")
    if fields[b"a"].lower() not in (b"rsa-sha256", b"ed25519-sha256"):
        raise _Bad(f"The signature's algorithm ({_text(fields[b'a'])}) is not taken.")
    if b"l" in fields:
        raise _Bad("The signature covers only the beginning of the mail.")
    signed = [name.strip().lower() for name in fields[b"h"].split(b":")]
    if b"from" not in signed or len(signed) > _MAX_SIGNED_FIELDS:
        raise _Bad("The signature does not cover who wrote the mail.")
    expires = fields.get(b"x", b"")
    if expires and (not expires.isdigit() or len(expires) > 12 or int(expires) < at.timestamp()):
        raise _Bad("The signature had expired.")


def _refuse_key(record: str, fields: dict[bytes, bytes]) -> None:
    """A key that was revoked, is only being tried out, or is for something else."""
    domain = _text(fields[b"d"])
    if not record:
        raise _Bad(f"{domain} publishes no key for the signature.")
    try:
        tags: dict[str, str] = {
            _text(name): _text(value) for name, value in parse_tag_value(record.encode("ascii", "replace")).items()
        }
    except (InvalidTagValueList, ValueError) as error:
        raise _Bad(f"The key of {domain} can't be read.") from error
    flags = [flag.strip() for flag in tags.get("t", "").split(":")]
    if not tags.get("p"):
        raise _Bad(f"{domain} has revoked the key.")
    if "y" in flags:
        raise _Bad(f"{domain} is only trying the key out.")
    if tags.get("s", "*") and not {"*", "email"}.intersection(one.strip() for one in tags.get("s", "*").split(":")):
        raise _Bad(f"The key of {domain} is not for mail.")
    identity = _text(fields.get(b"i", b"")).rpartition("@")[2]
    if "s" in flags and identity and identity.lower() != domain.lower():
        raise _Bad(f"The key of {domain} is not for its subdomains.")


def _text(value: Any) -> str:
    return bytes(value).decode("ascii", "replace").strip()
