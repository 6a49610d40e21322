"""Mails that are really signed, and the keys that name servers publish for them."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SELECTOR = "may26"
DOMAIN = "customer.example"
KEY_NAME = f"{SELECTOR}._domainkey.{DOMAIN}"


@cache
def _key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def record(bits: int = 2048, **tags: str) -> str:
    """What the domain publishes for its key."""
    public = _key(bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    fields = {"v": "DKIM1", "k": "rsa", **tags, "p": tags.get("p", b64encode(public).decode())}
    return "; ".join(f"{name}={value}" for name, value in fields.items())


def signed(raw: bytes, *, domain: str = DOMAIN, bits: int = 2048, **options: Any) -> bytes:
    """The mail with a signature on top. Options are dkimpy's: ``length``, ``include_headers``, ``canonicalize``."""
    key = _key(bits).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    options.setdefault("canonicalize", (b"relaxed", b"relaxed"))
    return bytes(dkim.sign(raw, SELECTOR.encode(), domain.encode(), key, **options)) + raw
