"""Who wrote, found out here: a signature counts only where it proves the author, and DNS can't hold anything up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels_ingest.adapters.email import dkim_check, dns_texts, sender_check
from channels_ingest.adapters.email.dkim_check import Finding
from channels_ingest.adapters.email.dns_texts import Texts, Unanswered
from channels_ingest.adapters.email.mime import parse_mail
from channels_ingest.adapters.incoming import InboundMessage, RawRequest
from customers.assurance import Assurance
from tests.channels_ingest.email.dns_server import NameServer, serving
from tests.channels_ingest.email.mails import AUTHSERV_ID, RECEIVED_AT, email_adapter, mail, request
from tests.channels_ingest.email.signed_mails import DOMAIN, KEY_NAME, record, signed


@pytest.fixture
def names() -> Iterator[NameServer]:
    with serving() as server:
        server.texts[KEY_NAME] = record()
        yield server


def look_up(server: NameServer) -> Texts:
    return Texts([("127.0.0.1", server.port)])


def found(raw: bytes, server: NameServer, **options: Any) -> Finding:
    return dkim_check.find_out(parse_mail(raw), raw, look_up(server), at=options.pop("at", RECEIVED_AT))


@pytest.mark.parametrize("body", [b"relaxed", b"simple"])
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"], ids=["crlf", "lf"])
def test_a_mail_that_the_authors_domain_signed_is_his(names: NameServer, body: bytes, line_end: bytes) -> None:
    raw = signed(mail("Hello,  the  lamp \r\n\r\n.\r\n\r\n"), canonicalize=(b"relaxed", body))

    assert found(raw.replace(b"\r\n", line_end), names) == Finding("pass", domain=DOMAIN)


def test_another_domain_of_the_same_organisation_may_sign(names: NameServer) -> None:
    names.texts["may26._domainkey.mail.customer.example"] = record()

    assert found(signed(mail(), domain="mail.customer.example"), names).outcome == "pass"


@pytest.mark.parametrize("domain", ["mailer.example", "evilcustomer.example", "example", "customer.example.x.test"])
def test_whoever_else_signs_proves_nothing_and_is_never_asked_for(names: NameServer, domain: str) -> None:
    names.texts[f"may26._domainkey.{domain}"] = record()

    assert found(signed(mail(), domain=domain), names).outcome == "none"
    assert names.asked == []


@pytest.mark.parametrize(
    ("original", "changed"), [(b"Hello", b"Hallo"), (b"subject: Lamp", b"subject: Lump"), (b": Jo M", b": Bo M")]
)
def test_what_was_changed_on_the_way_is_nobodys_word(names: NameServer, original: bytes, changed: bytes) -> None:
    raw = signed(mail())
    assert original in raw

    assert found(raw.replace(original, changed), names).outcome == "none"


@pytest.mark.parametrize("name", ["From", "Subject", "Content-Type", "Date", "Message-ID", "To", "Reply-To"])
def test_a_header_put_on_top_of_a_signed_mail_spoils_it(names: NameServer, name: str) -> None:
    """We would show the topmost, and the signature covers the lowest."""
    raw = signed(mail(reply_to="jo@customer.example"))

    assert found(f"{name}: boss@customer.example\r\n".encode() + raw, names).outcome == "none"


def test_a_header_hidden_behind_a_bare_return_spoils_it(names: NameServer) -> None:
    raw = signed(mail())

    assert found(b"X-One: two\rFrom: boss@customer.example\r\n" + raw, names).outcome == "none"


def test_a_signature_of_the_beginning_lets_anybody_write_the_rest(names: NameServer) -> None:
    raw = signed(mail("Hello\r\n"), length=True)

    assert found(raw + b"Pay here.", names).reason == "The signature covers only the beginning of the mail."


def test_a_signature_counts_until_it_expires(names: NameServer) -> None:
    raw = signed(mail())
    until = b"; x=%d;" % RECEIVED_AT.timestamp()
    expiring = raw.replace(b"; q=dns/txt;", until + b" q=dns/txt;", 1)

    assert found(expiring, names, at=RECEIVED_AT + timedelta(seconds=1)).reason == "The signature had expired."
    assert found(expiring, names, at=RECEIVED_AT).reason != "The signature had expired."


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        ({"t": "y"}, "trying the key out"),
        ({"p": ""}, "revoked"),
        ({"p": "bm90IGEga2V5"}, "does not fit"),
        ({"s": "tlsrpt"}, "not for mail"),
        ({"t": "s"}, ""),
        ({"k": "rot13"}, "does not fit"),
    ],
)
def test_a_key_counts_as_its_domain_publishes_it(names: NameServer, published: dict[str, Any], reason: str) -> None:
    names.texts[KEY_NAME] = record(**published)

    result = found(signed(mail()), names)

    assert (result.outcome == "pass") is (not reason)
    assert reason in result.reason


def test_a_short_key_is_no_proof(names: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    names.texts[KEY_NAME] = record(1024)
    raw = signed(mail(), bits=1024)
    assert dkim_check.MIN_KEY_BITS == 1024 and found(raw, names).outcome == "pass"

    monkeypatch.setattr(dkim_check, "MIN_KEY_BITS", 1025)
    assert "too small" in found(raw, names).reason


def test_a_strict_key_is_not_for_subdomains(names: NameServer) -> None:
    names.texts[KEY_NAME] = record(t="s")

    assert found(signed(mail(), identity=b"jo@mail.customer.example"), names).reason.endswith("not for its subdomains.")


def test_a_monstrous_key_is_not_used(names: NameServer) -> None:
    names.texts[KEY_NAME] = "v=DKIM1; p=" + "A" * 5_000

    assert found(signed(mail()), names).reason == "customer.example publishes no key for the signature."


def test_sha1_is_no_proof(names: NameServer) -> None:
    raw = signed(mail(), signature_algorithm=b"rsa-sha1")

    assert found(raw, names).reason == "The signature's algorithm (rsa-sha1) is not taken."


def test_a_key_that_is_not_there_is_no_key(names: NameServer) -> None:
    names.texts.clear()

    assert found(signed(mail()), names).outcome == "none"


def test_one_good_signature_among_bad_ones_is_enough(names: NameServer) -> None:
    raw = signed(mail())
    for _ in range(3):
        raw = b"DKIM-Signature: v=1; d=customer.example; a=rsa-sha256; s=x; h=from; bh=AAAA; b=AAAA\r\n" + raw

    assert found(raw, names).outcome == "pass"


def test_only_five_signatures_are_looked_at(names: NameServer) -> None:
    raw = signed(mail())
    for number in range(30):
        bad = f"DKIM-Signature: v=1; d=customer.example; a=rsa-sha256; s=s{number}; h=from; bh=AAAA; b=AAAA\r\n"
        raw = bad.encode() + raw

    assert found(raw, names).outcome == "none"
    assert len(names.asked) == dkim_check.MAX_SIGNATURES


@pytest.mark.parametrize(
    "raw",
    [
        b"DKIM-Signature: " + b" \t" * 100_000 + b"\r\nFrom: jo@customer.example\r\n\r\nHi",
        b"DKIM-Signature: v=1; d=customer.example; s=a; a=rsa-sha256; bh=AAAA; b=AAAA; h=from"
        + b":to" * 2_000
        + b"\r\nFrom: jo@customer.example\r\n\r\nHi",
        b"DKIM-Signature: v=1;c=relaxed/relaxed;d=customer.example; s=may26; a=rsa-sha256; bh=AAAA; b=AAAA;h=from\r\n"
        b"From: jo@customer.example\r\n\r\n" + b" \t" * 5_000_000,
        b"DKIM-Signature: v=1; d=customer.example\r\n" * 5_000 + b"From: jo@customer.example\r\n\r\nHi",
        b"DKIM-Signature: v=1; c=simple/simple; d=customer.example; s=may26; a=rsa-sha256; bh=AAAA; b=AAAA; h=from\r\n"
        b"From: jo@customer.example\r\n\r\n" + b"\r\n" * 5_000_000,
    ],
    ids=["spaces", "names", "body of spaces", "signatures", "body of lines"],
)
def test_no_signature_takes_long_to_check(names: NameServer, raw: bytes) -> None:
    parsed = parse_mail(raw)
    began = time.process_time()

    assert dkim_check.find_out(parsed, raw, look_up(names), at=RECEIVED_AT).outcome == "none"
    assert time.process_time() - began < 2


def test_a_spoilt_signature_is_none(names: NameServer) -> None:
    raw, texts = signed(mail()), look_up(names)
    for start in range(0, 700, 3):
        spoilt = raw[:start] + b"=;\x00:" + raw[start + 4 :]

        result = dkim_check.find_out(parse_mail(spoilt), spoilt, texts, at=RECEIVED_AT)

        assert result.outcome == "none", start


# DNS


def test_a_domain_that_keeps_silent_is_left_alone_and_holds_up_nobody_else(names: NameServer) -> None:
    names.silent_about.add("slow.example")
    texts = look_up(names)
    began = time.monotonic()
    with pytest.raises(Unanswered):
        texts.of("a._domainkey.slow.example", domain="slow.example")
    assert time.monotonic() - began < dns_texts.SECONDS + dns_texts.PROBE_SECONDS + 0.5
    began = time.monotonic()
    with pytest.raises(Unanswered):
        texts.of("b._domainkey.slow.example", domain="slow.example")
    assert time.monotonic() - began < 0.1

    assert texts.of(KEY_NAME, domain=DOMAIN) == [record()]


def test_a_resolver_that_is_away_is_asked_once_a_minute() -> None:
    with serving() as server:
        server.silent_about.add("*")
        texts = look_up(server)
        for _ in range(20):
            with pytest.raises(Unanswered):
                texts.of(KEY_NAME, domain=DOMAIN)
        asked_about_others = [name for name in server.asked if name not in (KEY_NAME, "")]

    began = time.monotonic()
    with pytest.raises(Unanswered):
        texts.of("may26._domainkey.other.example", domain="other.example")
    assert time.monotonic() - began < 0.1
    assert asked_about_others == []


def test_a_failing_domain_is_no_verdict(names: NameServer) -> None:
    names.failing_about.add("customer.example")

    assert found(signed(mail()), names).outcome == "unknown"


def test_an_answer_is_remembered(names: NameServer) -> None:
    texts = look_up(names)
    for _ in range(5):
        texts.of(KEY_NAME, domain=DOMAIN)
        texts.of("nothing.customer.example", domain=DOMAIN)

    assert len(names.asked) == 2


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_a_resolver_is_named_by_its_address(text: str, server: tuple[str, int]) -> None:
    assert dns_texts.as_server(text) == server


# What it means for the message


@pytest.fixture
def asking(names: NameServer, monkeypatch: pytest.MonkeyPatch) -> NameServer:
    monkeypatch.setattr(dns_texts, "texts", lambda: look_up(names))
    return names


def read(raw: bytes, **settings: Any) -> tuple[Assurance, RawRequest]:
    adapter = email_adapter(**settings)
    asked = request(raw)
    asked = replace(asked, headers={**asked.headers, **adapter.inquire(asked)})
    (item,) = adapter.parse(asked)
    assert isinstance(item, InboundMessage) and item.sender
    return item.sender.assurance, asked


def test_a_signed_mail_without_a_servers_verdict_is_its_authors(asking: NameServer) -> None:
    assert read(signed(mail()))[0] == Assurance.CHANNEL
    assert read(mail())[0] == Assurance.PRESENTED
    assert read(signed(mail()).replace(b"Hello", b"Hallo"))[0] == Assurance.PRESENTED


def test_a_stored_mail_reads_the_same_when_the_key_is_gone(asking: NameServer) -> None:
    level, stored = read(signed(mail()))
    asking.texts.clear()

    (again,) = email_adapter().parse(stored)

    assert isinstance(again, InboundMessage) and again.sender
    assert (level, again.sender.assurance) == (Assurance.CHANNEL, Assurance.CHANNEL)
    assert again.facts["sender_check"] == "Signed by customer.example, checked here"


def test_dns_that_is_away_leaves_no_finding_behind(asking: NameServer) -> None:
    asking.failing_about.add("example")
    raw = signed(mail())

    assert email_adapter().inquire(request(raw)) == {}
    assert read(raw)[0] == Assurance.PRESENTED


@pytest.mark.parametrize(
    "verdict", ["dkim=fail header.d=customer.example", "dkim=none", "dmarc=fail header.from=customer.example"]
)
def test_our_own_servers_word_stands(asking: NameServer, verdict: str) -> None:
    raw = f"Authentication-Results: {AUTHSERV_ID}; {verdict}\r\n".encode() + signed(mail())

    assert read(raw)[0] < Assurance.CHANNEL
    assert asking.asked == []


def test_a_strangers_word_does_not(asking: NameServer) -> None:
    raw = b"Authentication-Results: mx.evil.example; dkim=fail header.d=customer.example\r\n" + signed(mail())

    assert read(raw)[0] == Assurance.CHANNEL


def test_a_form_stays_a_form_whoever_signed_it(asking: NameServer) -> None:
    asking.texts["may26._domainkey.acme.example"] = record()
    raw = signed(mail(**{"from": "forms@acme.example"}, reply_to="jo@customer.example"), domain="acme.example")

    assert read(raw)[0] == Assurance.CLAIMED


@pytest.mark.parametrize(
    ("policy", "spf", "level"),
    [
        ("v=DMARC1; p=reject", "spf=fail smtp.mailfrom=jo@customer.example", Assurance.CLAIMED),
        ("v=DMARC1; p=quarantine", "spf=pass smtp.mailfrom=x@mailer.example", Assurance.CLAIMED),
        ("v=DMARC1; p=reject", "spf=pass smtp.mailfrom=jo@customer.example", Assurance.PRESENTED),
        ("v=DMARC1; p=reject", "spf=temperror smtp.mailfrom=jo@customer.example", Assurance.PRESENTED),
        ("v=DMARC1; p=none", "spf=fail smtp.mailfrom=jo@customer.example", Assurance.PRESENTED),
        ("v=spf1 -all", "spf=fail smtp.mailfrom=jo@customer.example", Assurance.PRESENTED),
        ("", "spf=fail smtp.mailfrom=jo@customer.example", Assurance.PRESENTED),
    ],
)
def test_dmarc_fails_for_sure_only_where_spf_is_known(
    asking: NameServer, policy: str, spf: str, level: Assurance
) -> None:
    if policy:
        asking.texts["_dmarc.customer.example"] = policy
    verdict = f"Authentication-Results: {AUTHSERV_ID}; {spf}\r\n".encode()

    assert read(verdict + mail())[0] == level
    assert read(verdict + signed(mail()))[0] == Assurance.CHANNEL


def test_without_spf_an_unsigned_mail_of_a_strict_domain_is_only_presented(asking: NameServer) -> None:
    """SPF needs the address that handed the mail over, which nobody told us: no verdict is no failure."""
    asking.texts["_dmarc.customer.example"] = "v=DMARC1; p=reject"

    assert read(mail())[0] == Assurance.PRESENTED


def test_a_subdomain_follows_its_parents_policy_for_such(asking: NameServer) -> None:
    asking.texts["_dmarc.customer.example"] = "v=DMARC1; p=none; sp=reject"
    raw = f"Authentication-Results: {AUTHSERV_ID}; spf=fail\r\n".encode() + mail(**{"from": "jo@sub.customer.example"})

    assert read(raw)[0] == Assurance.CLAIMED


def test_a_finding_that_comes_along_with_a_request_is_not_ours() -> None:
    assert sender_check.is_key(sender_check.key(b"x"))
    assert " " in sender_check.key(b"x")
