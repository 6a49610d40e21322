"""Does a request come from Twilio? HMAC over the URL as Twilio called it and the form's fields.

The URL is built from the configured public addresses, never from Host or X-Forwarded-*: those belong
to whoever sends the request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, unquote_to_bytes

from channels_ingest.adapters.base import public_url_variants
from channels_ingest.adapters.failures import InvalidSignature
from channels_ingest.adapters.incoming import RawRequest

SIGNATURE_HEADER = "x-twilio-signature"
FORM = "application/x-www-form-urlencoded"
# A message has about sixty fields; the cap only keeps a stranger's body from becoming a million tuples.
MAX_FIELD_COUNT = 1_000

# Characters that HTTP clients on the way may or may not escape in a query.
_MARKS = {"!": "%21", "'": "%27", "(": "%28", ")": "%29", "*": "%2A"}

Pairs = list[tuple[bytes, bytes]]


def check_signature(request: RawRequest, *, auth_tokens: Sequence[str], public_urls: list[str]) -> None:
    """Raise InvalidSignature unless one of the tokens signed this request for one of our public addresses.

    Several tokens are given while a token is being changed: the current and the previous one.
    """
    presented = request.header(SIGNATURE_HEADER).strip().encode("utf-8", "replace")
    if not presented:
        raise InvalidSignature("The request has no X-Twilio-Signature header.", code="unsigned")
    tokens = [token for token in auth_tokens if token]
    if not tokens:
        raise InvalidSignature("The connection has no auth token to check signatures with.", code="no_token")
    tails = _signed_tails(request)
    matches = [
        hmac.compare_digest(_signature(token, url.encode() + tail), presented)
        for token in tokens
        for url in _spellings(request, public_urls)
        for tail in tails
    ]
    if not any(matches):
        raise InvalidSignature(
            "The signature fits none of our public addresses. Check the auth token and HELPDESK_PUBLIC_URL.",
            code="bad_signature",
        )


def form_pairs(encoded: bytes) -> Pairs:
    """Names and values of a form or query as bytes, in the order sent, empty values kept."""
    pairs: Pairs = []
    for part in encoded.split(b"&", MAX_FIELD_COUNT)[:MAX_FIELD_COUNT]:
        if part:
            name, _, value = part.replace(b"+", b" ").partition(b"=")
            pairs.append((unquote_to_bytes(name), unquote_to_bytes(value)))
    return pairs


def request_pairs(request: RawRequest) -> Pairs:
    """The fields of a webhook: a GET carries them in its query, a POST in its form."""
    if request.method.upper() == "GET":
        return form_pairs(request.query.encode())
    return form_pairs(request.body) if request.content_type in {FORM, ""} else []


def decode(value: bytes, request: RawRequest) -> str:
    """Text of a field. Twilio sends UTF-8; anything else is read as declared, at worst as Windows-1252."""
    _, _, declared = request.header("content-type").lower().partition("charset=")
    for charset in ("utf-8", declared.split(";")[0].strip("\"' ")):
        try:
            return value.decode(charset or "utf-8")
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return value.decode("cp1252", "replace")


def _signed_tails(request: RawRequest) -> list[bytes]:
    """What is signed after the URL, in every reading that may be meant."""
    method = request.method.upper()
    if method == "GET":
        return [b""]
    if method != "POST":
        raise InvalidSignature(f"Twilio sends no {method[:10]} requests.", code="method")
    body_hash = parse_qs(request.query).get("bodySHA256", [""])[0]
    if request.content_type in {FORM, ""}:
        if request.body.count(b"&") >= MAX_FIELD_COUNT:
            raise InvalidSignature("The form has more fields than Twilio ever sends.", code="too_many_fields")
        pairs = request_pairs(request)
        as_text = [(decode(name, request).encode(), decode(value, request).encode()) for name, value in pairs]
        return [_joined(pairs)] if as_text == pairs else [_joined(pairs), _joined(as_text)]
    # Any other body is only covered by the signature through its hash in the signed URL.
    digest = hashlib.sha256(request.body).hexdigest()
    if not hmac.compare_digest(body_hash.lower().encode("utf-8", "replace"), digest.encode()):
        raise InvalidSignature("The body is not covered by the signature: bodySHA256 is missing or wrong.", code="body")
    return [b""]


def _joined(pairs: Pairs) -> bytes:
    """Names in order, each with its distinct values in order. UTF-8 bytes sort like their code points."""
    return b"".join(name + value for name, value in sorted(set(pairs)))


def _spellings(request: RawRequest, public_urls: list[str]) -> Iterator[str]:
    escaped = unescaped = request.query
    for mark, code in _MARKS.items():
        escaped = escaped.replace(mark, code)
        unescaped = unescaped.replace(code, mark).replace(code.lower(), mark)
    urls = (
        url
        for query in dict.fromkeys((request.query, escaped, unescaped))
        for url in public_url_variants(public_urls, request.path, query)
    )
    return iter(dict.fromkeys(urls))


def _signature(token: str, signed: bytes) -> bytes:
    return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest())
