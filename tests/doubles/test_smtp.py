"""The mail sink: real SMTP, and its log over HTTP on the same port."""

from __future__ import annotations

import smtplib
import socket
import time
from email.message import EmailMessage
from typing import Any, cast

import httpx
import pytest

from doubles import smtp as smtp_double
from doubles.background import Running


def log(doubles: Running) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], httpx.get(f"{doubles.smtp_url}/log").json()["messages"])


def behave(doubles: Running, *wanted: dict[str, Any]) -> None:
    httpx.post(f"{doubles.smtp_url}/behaviour", json={"next": wanted}).raise_for_status()


def mail() -> EmailMessage:
    written = EmailMessage()
    written["From"] = "Shop <help@shop.example>"
    written["To"] = "jo@mail.example"
    written["Subject"] = "Grüße: your parcel"
    written["Message-ID"] = "<a@shop.example>"
    written["In-Reply-To"] = "<b@mail.example>"
    written["References"] = "<c@mail.example> <b@mail.example>"
    written["Reply-To"] = "help+token@shop.example"
    written.set_content("Hallo Jo,\nit left today. Grüße")
    written.add_alternative("<p>Hallo Jo</p>", subtype="html")
    written.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="bill.pdf")
    return written


def send(doubles: Running, login: tuple[str, str] | None = None) -> None:
    with smtplib.SMTP(doubles.smtp_host, doubles.smtp_port, timeout=5) as client:
        if login:
            client.login(*login)
        client.send_message(mail(), "bounces@shop.example", ["jo@mail.example"])


def test_a_mail_is_kept_and_shown_over_http_on_the_same_port(doubles: Running) -> None:
    send(doubles)
    [kept] = log(doubles)
    assert (kept["envelope_from"], kept["envelope_to"]) == ("bounces@shop.example", ["jo@mail.example"])
    assert kept["subject"] == "Grüße: your parcel"
    assert (kept["message_id"], kept["in_reply_to"]) == ("<a@shop.example>", "<b@mail.example>")
    assert kept["references"] == "<c@mail.example> <b@mail.example>"
    assert kept["reply_to"] == "help+token@shop.example"
    assert kept["text"] == "Hallo Jo,\nit left today. Grüße\n"
    assert kept["html"] == "<p>Hallo Jo</p>\n"
    assert kept["attachments"] == [{"name": "bill.pdf", "content_type": "application/pdf", "size": 4}]
    assert kept["raw"].startswith("From: Shop <help@shop.example>")
    assert kept["at"]


def test_health_and_reset_answer(doubles: Running) -> None:
    send(doubles)
    assert httpx.get(f"{doubles.smtp_url}/").json() == {"double": "smtp"}
    assert httpx.post(f"{doubles.smtp_url}/reset").status_code == 200
    assert log(doubles) == []
    assert httpx.get(f"{doubles.smtp_url}/nowhere").status_code == 404


def test_any_login_is_welcome(doubles: Running) -> None:
    send(doubles, ("ada", "secret"))
    assert len(log(doubles)) == 1


def test_several_mails_go_over_one_connection(doubles: Running) -> None:
    with smtplib.SMTP(doubles.smtp_host, doubles.smtp_port, timeout=5) as client:
        for _ in range(3):
            client.send_message(mail(), "a@shop.example", ["jo@mail.example"])
    assert len(log(doubles)) == 3


def test_a_client_that_speaks_smtp_too_early_is_served_all_the_same(doubles: Running) -> None:
    with socket.create_connection((doubles.smtp_host, doubles.smtp_port), timeout=5) as client:
        client.sendall(b"EHLO early.example\r\n")
        time.sleep(0.2)
        said = client.recv(4096)
    assert said.startswith(b"220 ")
    assert b"250" in said


@pytest.mark.parametrize(("at", "code"), [("mail", 451), ("rcpt", 550), ("data", 452)])
def test_it_refuses_as_told_and_then_behaves_again(doubles: Running, at: str, code: int) -> None:
    behave(doubles, {"at": at, "code": code, "times": 2})
    for _ in range(2):
        with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as refusal:
            send(doubles)
        assert str(code) in str(refusal.value)
    send(doubles)
    assert len(log(doubles)) == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_it_hangs_up_after_the_mail_so_that_nobody_knows(doubles: Running, is_kept: bool) -> None:
    behave(doubles, {"at": "data", "closes": True, "is_kept": is_kept})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(doubles)
    assert len(log(doubles)) == int(is_kept)


def test_a_typing_error_in_a_behaviour_is_told(doubles: Running) -> None:
    assert httpx.post(f"{doubles.smtp_url}/behaviour", json={"nxt": []}).status_code == 400
    assert httpx.post(f"{doubles.smtp_url}/behaviour", json={"next": [{"cod": 1}]}).status_code == 400


def test_only_so_many_mails_are_kept(doubles: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_double, "MAX_MAIL_COUNT", 2)
    for _ in range(3):
        send(doubles)
    assert len(log(doubles)) == 2


def test_bytes_that_are_no_mail_are_kept_too(doubles: Running) -> None:
    with smtplib.SMTP(doubles.smtp_host, doubles.smtp_port, timeout=5) as client:
        client.sendmail("a@b.example", ["c@d.example"], b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe\0")
    assert log(doubles)[0]["envelope_to"] == ["c@d.example"]


def test_the_log_can_be_asked_for_one_address(doubles: Running) -> None:
    send(doubles)
    ask = f"{doubles.smtp_url}/log"
    assert len(httpx.get(ask, params={"to": "jo@mail.example"}).json()["messages"]) == 1
    assert httpx.get(ask, params={"to": "lin@mail.example"}).json()["messages"] == []
