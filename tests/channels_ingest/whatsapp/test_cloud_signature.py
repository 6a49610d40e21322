"""Does a request come from Meta? And does it know that this address is ours?"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from channels_ingest.adapters.failures import InvalidSignature
from tests.channels_ingest.whatsapp.requests import APP_SECRET, VERIFY_TOKEN, adapter, payload, request, signature


def test_the_raw_bytes_are_what_is_signed() -> None:
    body = b'{"object": "whatsapp_business_account",   "entry": [], "name": "M\\u00fcller"}'
    adapter().verify(request(body))
    with pytest.raises(InvalidSignature):
        adapter().verify(request(body.replace(b"   ", b" "), signed=signature(body)))


@pytest.mark.parametrize(
    "signed",
    ["", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, signature(b"x", APP_SECRET), "\x00\xff", "x" * 5000],
)
def test_a_missing_or_wrong_signature_is_refused(signed: str) -> None:
    with pytest.raises(InvalidSignature):
        adapter().verify(request(payload("text"), signed=signed))


def test_another_apps_secret_is_refused() -> None:
    body = b"{}"
    with pytest.raises(InvalidSignature):
        adapter().verify(request(body, signed=signature(body, "of another app")))


def test_both_secrets_count_while_the_secret_is_being_changed() -> None:
    changing = adapter(app_secret="new", previous_app_secret=APP_SECRET)
    changing.verify(request(b"{}"))
    changing.verify(request(b"{}", signed=signature(b"{}", "new")))


def test_without_an_app_secret_nothing_is_genuine() -> None:
    for secret in ("", "x"):
        with pytest.raises(InvalidSignature):
            adapter(app_secret="").verify(request(b"{}", signed=signature(b"{}", secret)))


def handshake(**changes: str) -> str:
    fields = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    return urlencode({**fields, **changes})


def test_the_handshake_gets_its_challenge_back() -> None:
    asked = request(b"", method="GET", query=handshake())
    adapter().verify(asked)
    answer = adapter().answer(asked)
    assert (answer.status, answer.content_type, answer.body) == (200, "text/plain", "1158201444")


@pytest.mark.parametrize(
    "query",
    [
        "",
        handshake(**{"hub.verify_token": "wrong"}),
        handshake(**{"hub.verify_token": ""}),
        handshake(**{"hub.mode": "unsubscribe"}),
        "hub.mode=subscribe&hub.verify_token=%ff",
        "&".join(["a=1"] * 200),
    ],
)
def test_a_handshake_without_the_token_is_refused(query: str) -> None:
    with pytest.raises(InvalidSignature):
        adapter().verify(request(b"", method="GET", query=query))


def test_without_a_verify_token_no_handshake_counts() -> None:
    with pytest.raises(InvalidSignature):
        adapter(verify_token="").verify(request(b"", method="GET", query=handshake(**{"hub.verify_token": ""})))
