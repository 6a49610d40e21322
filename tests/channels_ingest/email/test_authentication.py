"""A From address is believed as far as our own mail server vouches for it."""

from __future__ import annotations

import pytest

from channels_ingest.adapters.email.authentication import assurance_of_sender, is_aligned
from channels_ingest.adapters.email.mime import parse_mail
from customers.assurance import Assurance
from tests.channels_ingest.email.mails import AUTHSERV_ID, mail


def _assurance(*results: str, sender: str = "Jo <jo@customer.example>", authserv_id: str = AUTHSERV_ID) -> Assurance:
    head = "".join(f"Authentication-Results: {result}\r\n" for result in results).encode()
    return assurance_of_sender(parse_mail(head + mail(**{"from": sender})), authserv_id=authserv_id)


@pytest.mark.parametrize(
    ("result", "level"),
    [
        ("mx.acme.example; dmarc=pass header.from=customer.example", Assurance.CHANNEL),
        ("MX.Acme.Example 1; dmarc=pass (p=reject) header.from=customer.example", Assurance.CHANNEL),
        ("mx.acme.example; dmarc=pass", Assurance.CHANNEL),
        ("mx.acme.example; dkim=pass header.d=customer.example", Assurance.CHANNEL),
        ("mx.acme.example; dkim=pass header.i=@mail.customer.example", Assurance.CHANNEL),
        ("mx.acme.example; dkim=pass header.d=mailer.example", Assurance.PRESENTED),
        ("mx.acme.example; dkim=pass header.d=example", Assurance.PRESENTED),
        (
            "mx.acme.example; dkim=fail header.d=customer.example; spf=pass smtp.mailfrom=customer.example",
            Assurance.PRESENTED,
        ),
        ("mx.acme.example; dmarc=none header.from=customer.example", Assurance.PRESENTED),
        ("mx.acme.example; dmarc=pass header.from=evil.example", Assurance.PRESENTED),
        (
            "mx.acme.example; dmarc=fail header.from=customer.example; dkim=pass header.d=customer.example",
            Assurance.CLAIMED,
        ),
        ("mx.acme.example; none", Assurance.PRESENTED),
        ("mx.acme.example; dmarc=", Assurance.PRESENTED),
        ("evil.example; dmarc=pass header.from=customer.example", Assurance.PRESENTED),
        ("mx.acme.example.evil.example; dmarc=pass header.from=customer.example", Assurance.PRESENTED),
        ("mx.acme.example; dmarc=pass header.from=customer.example;" + " x=y;" * 3000, Assurance.PRESENTED),
        ("(" * 3000, Assurance.PRESENTED),
    ],
)
def test_a_verdict_counts_for_what_it_says(result: str, level: Assurance) -> None:
    assert _assurance(result) == level


def test_without_any_verdict_a_sender_is_only_presented() -> None:
    assert _assurance() == Assurance.PRESENTED


def test_a_channel_that_names_no_server_trusts_nobody() -> None:
    assert _assurance("mx.acme.example; dmarc=pass", authserv_id="") == Assurance.PRESENTED
    assert _assurance("; dmarc=pass", authserv_id="") == Assurance.PRESENTED


def test_a_forged_pass_below_our_servers_own_header_counts_for_nothing() -> None:
    genuine = "mx.acme.example; dkim=none; spf=fail"

    assert _assurance(genuine, "mx.acme.example; dmarc=pass header.from=customer.example") == Assurance.PRESENTED


def test_a_failure_anywhere_takes_the_sender_his_word() -> None:
    passing = "mx.acme.example; dkim=pass header.d=customer.example"

    assert _assurance(passing, "mx.acme.example; dmarc=fail header.from=customer.example") == Assurance.CLAIMED


def test_with_two_senders_nobody_knows_whom_the_verdict_means() -> None:
    both = "Jo <jo@customer.example>, Boss <boss@bank.example>"

    assert _assurance("mx.acme.example; dmarc=pass", sender=both) == Assurance.PRESENTED


@pytest.mark.parametrize(
    ("one", "other", "aligned"),
    [
        ("customer.example", "mail.customer.example", True),
        ("a.shop.co.uk", "b.shop.co.uk", True),
        ("shop.co.uk", "other.co.uk", False),
        ("co.uk", "co.uk", False),
        ("a.github.io", "b.github.io", False),
        ("grüße.de", "mail.xn--gre-6ka8l.de", True),
        ("", "", False),
        ("evilcustomer.example", "customer.example", False),
    ],
)
def test_domains_are_aligned_by_organisation(one: str, other: str, aligned: bool) -> None:
    assert is_aligned(one, other) is aligned
