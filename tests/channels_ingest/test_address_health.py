"""What each provider's refusal says about the address it was meant for."""

from __future__ import annotations

import pytest

from channels_ingest.adapters import twilio_errors, whatsapp_cloud_errors
from channels_ingest.adapters.email import bounce_words


@pytest.mark.parametrize(
    ("code", "health"),
    [
        ("21211", "dead"), ("21614", "dead"), ("30005", "dead"), ("30006", "dead"), ("63024", "dead"),
        ("30003", "doubtful"), ("30007", ""), ("21610", ""), ("63016", ""), ("99999", ""),
    ],
)  # fmt: skip
def test_twilio(code: str, health: str) -> None:
    assert twilio_errors.explain(code).address_health == health


@pytest.mark.parametrize(("code", "health"), [("131026", "dead"), ("131047", ""), ("131049", ""), ("1", "")])
def test_whatsapp(code: str, health: str) -> None:
    assert whatsapp_cloud_errors.explain(code).address_health == health


@pytest.mark.parametrize(
    ("status", "health", "words"),
    [
        ("5.1.1", "dead", "The mailbox does not exist."),
        ("5.1.2", "dead", "domain"),
        ("5.2.1", "dead", "switched off"),
        ("5.2.2", "doubtful", "The mailbox is full."),
        ("4.2.2", "doubtful", "The mailbox is full."),
        ("4.1.1", "doubtful", "The mailbox does not exist."),
        ("4.4.7", "doubtful", "given up"),
        ("5.3.4", "", "too large"),
        ("5.7.1", "", "refuses mail from us"),
        ("5.7.26", "", "SPF nor DKIM"),
        ("5.7.99", "doubtful", "refuses mail from us: Go away."),
        ("", "doubtful", "The mail came back: Go away."),
        ("nonsense", "doubtful", "The mail came back: Go away."),
    ],
)
def test_mail_servers(status: str, health: str, words: str) -> None:
    meaning = bounce_words.explain(status, "Go away.")
    assert meaning.address_health == health
    assert words in meaning.text


@pytest.mark.parametrize(
    ("said", "status"),
    [("550 5.1.1 User unknown", "5.1.1"), ("smtp; 552-5.2.2 full", "5.2.2"), ("at 10.5.1.1 it stopped", ""), ("", "")],
)
def test_a_status_is_found_in_what_a_server_said(said: str, status: str) -> None:
    assert bounce_words.status_in(said) == status
