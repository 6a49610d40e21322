"""Who may speak as Twilio, and who may not."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from channels_ingest.adapters.failures import InvalidSignature
from channels_ingest.adapters.incoming import RawRequest
from channels_ingest.adapters.twilio_signature import check_signature
from tests.channels_ingest.twilio.requests import (
    PATH,
    PAYLOADS,
    PUBLIC_URL,
    TOKEN,
    Repeated,
    adapter,
    payload,
    request,
    signature,
    signed_request,
)


@pytest.mark.parametrize("name", sorted(path.stem for path in PAYLOADS.glob("*.json")))
def test_every_recorded_request_passes(name: str) -> None:
    adapter().verify(signed_request(payload(name)))


@pytest.mark.parametrize("url", [f"https://help.example{PATH}", f"https://help.example:443{PATH}"])
def test_both_port_spellings_of_the_public_address_pass(url: str) -> None:
    adapter().verify(signed_request(payload("inbound_text"), url=url))


@pytest.mark.parametrize(
    ("public", "called"),
    [
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://localhost:8000", "http://localhost"),
        ("https://help.example:8443", "https://help.example:8443"),
        ("https://example.com/support", "https://example.com/support"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_ports_and_path_prefixes_of_proxies_pass(public: str, called: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URLS", [public])
    adapter().verify(signed_request(payload("inbound_text"), url=called + PATH))


def test_any_of_several_public_addresses_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URLS", ["http://localhost:8000", "http://127.0.0.1:8000"])
    adapter().verify(signed_request(payload("inbound_text"), url=f"http://127.0.0.1:8000{PATH}"))


def test_the_host_header_does_not_choose_the_address() -> None:
    forged = signed_request(payload("inbound_text"), url=f"https://evil.example{PATH}")
    with pytest.raises(InvalidSignature):
        adapter().verify(forged)


def test_a_request_signed_for_another_path_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        adapter().verify(signed_request(payload("inbound_text"), url=f"{PUBLIC_URL}/webhooks/4/"))


@pytest.mark.parametrize(
    ("called", "arrived"),
    [
        ("key=it's", "key=it%27s"),
        ("key=it%27s", "key=it's"),
        ("key=a+b&x=%20", "key=a+b&x=%20"),
        ("key=(a)*!", "key=%28a%29%2a%21"),
    ],
)
def test_a_query_passes_as_sent_and_with_its_marks_spelled_differently(called: str, arrived: str) -> None:
    fields = payload("inbound_text")
    adapter().verify(signed_request(fields, url=f"{PUBLIC_URL}{PATH}?{called}", query=arrived))


def test_a_changed_query_is_refused() -> None:
    fields = payload("inbound_text")
    with pytest.raises(InvalidSignature):
        adapter().verify(signed_request(fields, url=f"{PUBLIC_URL}{PATH}?delivery=1", query="delivery=2"))


def test_repeated_parameters_count_once_per_distinct_value() -> None:
    fields = Repeated({**{k: [v] for k, v in payload("inbound_text").items()}, "MediaUrl": ["b", "a", "b"]})
    pairs = [(name, value) for name, values in fields.items() for value in values]
    adapter().verify(request(pairs, signed=signature(PUBLIC_URL + PATH, fields)))


def test_empty_values_count() -> None:
    fields = {**payload("inbound_text"), "Body": "", "FromCity": ""}
    adapter().verify(signed_request(fields))


def test_an_unsigned_request_is_refused() -> None:
    with pytest.raises(InvalidSignature) as refusal:
        adapter().verify(request(payload("inbound_text"), signed=""))
    assert refusal.value.code == "unsigned"


@pytest.mark.parametrize("signed", ["x", "ÿ" * 28, "A" * 10_000, "=" * 28])
def test_a_nonsense_signature_is_refused(signed: str) -> None:
    with pytest.raises(InvalidSignature):
        adapter().verify(request(payload("inbound_text"), signed=signed))


def test_another_accounts_token_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        adapter().verify(signed_request(payload("inbound_text"), token="someone-elses"))


def test_another_account_is_refused_even_with_our_token() -> None:
    fields = {**payload("inbound_text"), "AccountSid": "AC" + "9" * 32}
    with pytest.raises(InvalidSignature, match="wrong account"):
        adapter().verify(signed_request(fields))


def test_a_second_account_beside_ours_is_refused() -> None:
    fields = Repeated({k: [v] for k, v in payload("inbound_text").items()})
    fields["AccountSid"].append("AC" + "9" * 32)
    pairs = [(name, value) for name, values in fields.items() for value in values]
    with pytest.raises(InvalidSignature, match="wrong account"):
        adapter().verify(request(pairs, signed=signature(PUBLIC_URL + PATH, fields)))


def test_the_previous_token_passes_while_it_is_being_changed() -> None:
    old = signed_request(payload("inbound_text"), token="the-token-of-yesterday")
    adapter(previous_auth_token="the-token-of-yesterday").verify(old)
    with pytest.raises(InvalidSignature):
        adapter().verify(old)


def test_a_connection_without_a_token_lets_nobody_in() -> None:
    with pytest.raises(InvalidSignature):
        adapter(auth_token="").verify(signed_request(payload("inbound_text"), token=""))


def test_a_truncated_body_is_refused() -> None:
    whole = signed_request(payload("inbound_text"))
    cut = RawRequest("POST", PATH, "", whole.headers, whole.body[:-20], whole.received_at)
    with pytest.raises(InvalidSignature):
        adapter().verify(cut)


def test_bytes_of_another_charset_pass_in_either_reading() -> None:
    latin = b"AccountSid=" + payload("inbound_text")["AccountSid"].encode() + b"&MessageSid=SM1&Body=caf%E9"
    fields = {"AccountSid": payload("inbound_text")["AccountSid"], "MessageSid": "SM1", "Body": "café"}
    came = request({}, signed=signature(PUBLIC_URL + PATH, fields), body=latin)
    adapter().verify(came)
    assert adapter().parse(came)[0].text == "café"  # type: ignore[union-attr]


def test_a_get_request_signs_its_url_alone() -> None:
    query = "MessageSid=SM1&Body=hello&From=%2B14155552671"
    signed = signature(f"{PUBLIC_URL}{PATH}?{query}", {})
    adapter().verify(request({}, signed=signed, query=query, method="GET"))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD"])
def test_other_methods_are_refused(method: str) -> None:
    with pytest.raises(InvalidSignature):
        adapter().verify(request({}, signed=signature(PUBLIC_URL + PATH, {}), method=method))


def test_json_passes_with_the_hash_of_its_body_and_not_without() -> None:
    body = b'{"type": "event"}'
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    signed = signature(f"{PUBLIC_URL}{PATH}?{query}", {})
    tokens, urls = [TOKEN], [PUBLIC_URL]

    def came(content: bytes, asked: str, header: str) -> RawRequest:
        return request({}, signed=header, query=asked, content_type="application/json", body=content)

    check_signature(came(body, query, signed), auth_tokens=tokens, public_urls=urls)
    with pytest.raises(InvalidSignature):
        check_signature(came(b'{"type": "other"}', query, signed), auth_tokens=tokens, public_urls=urls)
    with pytest.raises(InvalidSignature):
        check_signature(came(body, "", signature(PUBLIC_URL + PATH, {})), auth_tokens=tokens, public_urls=urls)


def test_a_body_of_another_type_is_not_smuggled_past_a_signed_url() -> None:
    signed = signature(PUBLIC_URL + PATH, {})
    with pytest.raises(InvalidSignature):
        adapter().verify(request({}, signed=signed, content_type="text/plain", body=b"Body=forged&MessageSid=SM1"))


def test_a_header_naming_another_algorithm_changes_nothing() -> None:
    came = signed_request(payload("inbound_text"))
    stronger = {**came.headers, "x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_SHA256"}
    adapter().verify(RawRequest("POST", PATH, "", stronger, came.body, came.received_at))


def test_a_form_of_a_million_fields_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        adapter().verify(request({}, signed="x", body=b"a&" * 1_000_000))


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=8))
def test_whatever_twilio_signs_passes(fields: dict[str, str]) -> None:
    fields = {name: value for name, value in fields.items() if name or value}
    try:
        signed = signature(PUBLIC_URL + PATH, fields)
    except UnicodeEncodeError:  # a lone surrogate can't be sent either
        return
    check_signature(request(fields, signed=signed), auth_tokens=[TOKEN], public_urls=[PUBLIC_URL])


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_body_and_no_header_raises_anything_but_a_refusal(body: bytes, signed: str) -> None:
    came = RawRequest("POST", PATH, "", {"x-twilio-signature": signed}, body, datetime.now(UTC))
    with pytest.raises(InvalidSignature):
        check_signature(came, auth_tokens=[TOKEN], public_urls=[PUBLIC_URL])
