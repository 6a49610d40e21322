"""What services report of mails that we sent, every documented kind of report."""

from __future__ import annotations

import pytest

from channels_ingest.adapters.incoming import DeliveryUpdate, Ignored
from tests.channels_ingest.email.esp.requests import KEY, items, names


@pytest.mark.parametrize(
    ("name", "state", "is_opt_out"),
    [
        ("postmark/delivery", "delivered", False),
        ("postmark/bounce_hard", "failed", False),
        ("postmark/bounce_spam_notification", "failed", False),
        ("postmark/spam_complaint", "delivered", True),
        ("postmark/subscription_change", "delivered", True),
        ("mailgun/delivered", "delivered", False),
        ("mailgun/failed_permanent", "failed", False),
        ("mailgun/rejected", "failed", False),
        ("mailgun/complained", "delivered", True),
        ("mailgun/unsubscribed", "delivered", True),
        ("sparkpost/delivery", "delivered", False),
        ("sparkpost/bounce", "failed", False),
        ("sparkpost/spam_complaint", "delivered", True),
    ],
)
def test_a_report_moves_the_mail_it_names(name: str, state: str, is_opt_out: bool) -> None:
    (found,) = items(name)
    assert isinstance(found, DeliveryUpdate)
    assert (found.state, found.is_opt_out) == (state, is_opt_out)
    assert (found.idempotency_key, found.recipient) == (KEY, "jo@customer.example")
    assert found.provider_message_id
    assert bool(found.error_text and found.error_code) == (state == "failed")


@pytest.mark.parametrize(
    "name",
    [
        "postmark/bounce_transient", "postmark/bounce_auto_responder", "postmark/open", "postmark/click",
        "mailgun/failed_temporary", "mailgun/opened", "sparkpost/delay", "sparkpost/open",
    ],
)  # fmt: skip
def test_a_report_that_changes_nothing_says_why(name: str) -> None:
    (found,) = items(name)
    assert isinstance(found, Ignored) and found.reason


def test_a_ping_is_nothing() -> None:
    assert items("sparkpost/ping") == []


def test_the_ids_are_those_that_sending_gives() -> None:
    """Mailgun's id is a Message-ID with brackets, which its reports leave out."""
    (found,) = items("mailgun/delivered")
    assert isinstance(found, DeliveryUpdate)
    assert found.provider_message_id == "<20260505163354.1.ABCDEF@shop.example>"


@pytest.mark.parametrize("service", ["postmark", "mailgun", "sparkpost"])
def test_every_payload_is_read(service: str) -> None:
    for name in names(service):
        assert items(name) or name.endswith("ping")
