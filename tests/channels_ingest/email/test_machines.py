"""Machines are told from people."""

from __future__ import annotations

import pytest

from channels_ingest.adapters.email.bounces import read_bounce
from channels_ingest.adapters.email.machines import kind_of_machine
from channels_ingest.adapters.email.mime import parse_mail
from channels_ingest.adapters.incoming import DeliveryUpdate
from tests.channels_ingest.email.mails import items, mail, message


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, ""),
        ({"auto-submitted": "no"}, ""),
        ({"auto-submitted": "auto-replied"}, "auto_reply"),
        ({"auto-submitted": "auto-generated; owner-email=x"}, "auto_reply"),
        ({"precedence": "auto_reply"}, "auto_reply"),
        ({"x-autoreply": "yes"}, "auto_reply"),
        ({"x-autorespond": ""}, ""),
        ({"x-loop": "somewhere"}, "auto_reply"),
        ({"x-onethread-loop": "1"}, "auto_reply"),
        ({"x-auto-response-suppress": "All"}, "auto_reply"),
        ({"x-auto-response-suppress": "None"}, ""),
        ({"return-path": "<>"}, "auto_reply"),
        ({"from": "MAILER-DAEMON@x.example"}, "auto_reply"),
        ({"precedence": "bulk"}, "list"),
        ({"list-id": "<x.example>"}, "list"),
        ({"list-unsubscribe": "<mailto:x@x.example>"}, "list"),
        ({"list-id": "<x.example>", "auto-submitted": "auto-replied"}, "auto_reply"),
        ({"from": "No-Reply@shop.example"}, "no_reply"),
        ({"from": "do_not_reply@shop.example"}, "no_reply"),
        ({"from": "shop.noreply@shop.example"}, "no_reply"),
        ({"from": "ne-pas-repondre@shop.example"}, "no_reply"),
        ({"from": "noreen@customer.example"}, ""),
        ({"content-type": "multipart/report; report-type=disposition-notification; boundary=b"}, "auto_reply"),
    ],
)
def test_headers_give_a_machine_away(headers: dict[str, str], kind: str) -> None:
    assert kind_of_machine(parse_mail(mail(**headers))) == kind


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Lamp",
        "Out of Office",
        "Out of the office: back on Monday",
        "[Auto-Reply] Lamp",
        "Re: Out of office",
        "Abwesenheitsnotiz: Lampe",
        "Automatische Antwort: Lampe",
        "Abwesend",
        "Réponse automatique : Lampe",
        "Absence du bureau",
        "Respuesta automática: Lámpara",
        "Risposta automatica: Lampada",
        "Automatisch antwoord: Lamp",
        "Resposta automática: Lâmpada",
        "Automatiskt svar: Lampa",
        "自動応答: ランプ",
        "自动回复: 灯",
        "Автоответ: лампа",
    ],
)
def test_an_absence_notice_is_known_by_its_subject(subject: str) -> None:
    assert kind_of_machine(parse_mail(mail(subject=subject))) == "auto_reply"


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office chairs?",
        "Abwesenheit meines Nachbarn, Paket nicht geliefert",
        "Auto: Schaden",
        "Automatic lamp",
        "My mail was undeliverable",
        "Question about automatic reply settings",
    ],
)
def test_a_person_who_mentions_such_words_is_a_person(subject: str) -> None:
    assert kind_of_machine(parse_mail(mail(subject=subject))) == ""


def test_our_own_mail_come_back_is_a_machines() -> None:
    assert message(mail(**{"from": "support@acme.example"})).automatic == "auto_reply"


def test_a_bounce_that_names_no_mail_is_shown_to_people() -> None:
    raw = mail("Somebody could not be reached.", **{"from": "postmaster@x.example", "subject": "Undeliverable: Lamp"})

    found = message(raw)

    assert found.automatic == "bounce"
    assert found.text == "Somebody could not be reached."


def test_a_bounce_tells_of_each_recipient() -> None:
    groups = "\n\n".join(
        f"Final-Recipient: rfc822; {name}@x.example\nAction: {action}\nStatus: {status}"
        for name, action, status in (("a", "failed", "5.1.1"), ("b", "Delivered", "2.0.0"), ("c", "relayed", "2.0.0"))
    )
    parts = (
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n{groups}\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <out-1@acme.example>\n--b--"
    )

    found = items(mail(parts, content_type="multipart/report; report-type=delivery-status; boundary=b"))

    assert all(isinstance(one, DeliveryUpdate) for one in found)
    states = [(one.recipient, one.state, one.error_code) for one in found if isinstance(one, DeliveryUpdate)]
    assert states == [("a@x.example", "failed", "5.1.1"), ("b@x.example", "delivered", ""), ("c@x.example", "sent", "")]


def test_a_bounce_is_matched_by_what_it_answers_where_no_copy_came_back() -> None:
    raw = mail(
        "The response was: 552 5.2.2 mailbox full",
        **{"from": "mailer-daemon@x.example", "subject": "Delivery Status Notification (Failure)"},
        x_failed_recipients="full@x.example",
        in_reply_to="<out-9@acme.example>",
    )

    (report,) = read_bounce(parse_mail(raw))

    assert (report.original_message_id, report.recipient, report.status) == (
        "<out-9@acme.example>",
        "full@x.example",
        "5.2.2",
    )


def test_a_person_who_attaches_a_bounce_has_not_bounced() -> None:
    parts = "--b\n\nI got this.\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--"

    found = message(mail(parts, content_type="multipart/mixed; boundary=b"))

    assert (found.automatic, found.text) == ("", "I got this.")
