"""The pocket page: only in a demo, only for her own addresses, and nobody becomes an agent by accident."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from helpdesk.accounts.models import User
from helpdesk.pocket import calling, people, tracing
from helpdesk.pocket.doors import Doors
from helpdesk.pocket.errors import CannotDo
from tests import build
from tests.pocket.conftest import Pocket

pytestmark = pytest.mark.django_db
ASKED = ["person", "text", "mail", "look", "call/start", "call/say", "call/hangup", "call/look"]
PATHS = ["", "agent/", "shop/", *(f"pocket/{name}/" for name in ASKED)]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_demo_no_such_address_is_mounted(path: str) -> None:
    assert Client().get(f"/demo/{path}").status_code == 404
    assert Client().post(f"/demo/{path}").status_code == 404


@pytest.mark.parametrize("path", [path for path in PATHS if path != "shop/"])
def test_without_a_demo_the_views_refuse_even_where_they_are_mounted(pocket: Pocket, settings: Any, path: str) -> None:
    settings.IS_DEMO = False
    assert Client().get(f"/demo/{path}").status_code == 404
    answer = Client().post(f"/demo/{path}")
    assert answer.status_code == 404
    assert SESSION_KEY not in Client().session


def test_every_address_of_the_page_is_tested_above(pocket: Pocket) -> None:
    from helpdesk.pocket.urls import urlpatterns

    assert {str(one.pattern) for one in urlpatterns} == set(PATHS) - {"shop/"}


def test_the_page_tells_no_secret(pocket: Pocket) -> None:
    page = pocket.browser.get("/demo/").content.decode()
    assert pocket.channels["sms"].address in page
    for secret in (build.MAIL_SECRET, build.TWILIO["auth_token"], build.TWILIO["account_sid"], pocket.agent.email):
        assert secret not in page


@pytest.mark.parametrize("path", [f"pocket/{name}/" for name in ASKED])
def test_nothing_is_done_without_the_csrf_token(pocket: Pocket, path: str) -> None:
    assert pocket.ask(path, csrf="").status_code == 403
    assert pocket.browser.get(f"/demo/{path}").status_code == 405


def test_a_browser_becomes_ada_only_by_the_pages_own_form(pocket: Pocket) -> None:
    assert pocket.browser.get("/demo/agent/").status_code == 405
    assert pocket.browser.post("/demo/agent/").status_code == 403
    csrf = pocket.browser.get("/demo/").cookies["onethread_csrf"].value
    answer = pocket.browser.post("/demo/agent/", {"csrfmiddlewaretoken": csrf})
    assert (answer.status_code, answer["Location"]) == (302, reverse("inbox_view", args=["all"]))
    assert pocket.browser.session[SESSION_KEY] == str(pocket.agent.pk)


def test_who_is_logged_in_stays_who_she_is(pocket: Pocket) -> None:
    grace = build.user("Grace", User.Role.ADMIN)
    pocket.browser.force_login(grace)
    csrf = pocket.browser.get("/demo/").cookies["onethread_csrf"].value
    pocket.browser.post("/demo/agent/", {"csrfmiddlewaretoken": csrf})
    assert pocket.browser.session[SESSION_KEY] == str(grace.pk)


@pytest.mark.parametrize("change", [{"role": User.Role.ADMIN}, {"is_active": False}, {"email": "other@shop.example"}])
def test_nobody_but_an_active_agent_of_the_demo_is_let_in(pocket: Pocket, change: dict[str, Any]) -> None:
    User.objects.filter(pk=pocket.agent.pk).update(**change)
    csrf = pocket.browser.get("/demo/").cookies["onethread_csrf"].value
    assert pocket.browser.post("/demo/agent/", {"csrfmiddlewaretoken": csrf}).status_code == 404
    assert SESSION_KEY not in pocket.browser.session


def test_the_inbox_may_stand_in_our_own_frame_in_a_demo_only(pocket: Pocket, settings: Any) -> None:
    pocket.browser.force_login(pocket.agent)
    inbox = reverse("inbox_view", args=["all"])
    framed = pocket.browser.get(inbox)
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    settings.IS_DEMO = False
    alone = pocket.browser.get(inbox)
    assert alone["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in alone["Content-Security-Policy"]


def test_the_log_in_and_the_pocket_page_stay_out_of_frames(pocket: Pocket) -> None:
    for path in ("/accounts/login/", "/demo/"):
        page = Client().get(path)
        assert page["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_she_reads_what_was_sent_to_her_and_nothing_else(pocket: Pocket) -> None:
    her, other = pocket.person(), pocket.person()
    for person in (her, other):
        _shop_texts(pocket, person["phone"], f"Code for {person['name']} {person['phone']}")
        _shop_mails(pocket, person["email"], f"Mail for {person['email']}")
    seen = pocket.ask("pocket/look/", token=her["token"]).json()
    assert [(one["app"], one["body"]) for one in seen["texts"]] == [("sms", f"Code for {her['name']} {her['phone']}")]
    assert [one["text"].strip() for one in seen["mails"]] == [f"Mail for {her['email']}"]


@pytest.mark.parametrize("token", ["", "forged", None, 5, {"phone": "+15005550006"}])
def test_a_person_is_known_by_our_signature_alone(pocket: Pocket, token: Any) -> None:
    for path in ("look", "text", "mail", "call/start"):
        assert pocket.ask(f"pocket/{path}/", token=token, app="sms", body="Hello", text="Hello").status_code == 403


def test_a_new_person_has_addresses_of_her_own(pocket: Pocket) -> None:
    first, second = pocket.person(), pocket.person()
    assert first["email"] != second["email"]
    assert first["phone"] != second["phone"] and first["phone"].startswith("+1")


def test_one_of_the_demos_people_can_be_played_and_a_made_up_one_cannot(pocket: Pocket) -> None:
    jo = people.presets()[0]
    assert pocket.ask("pocket/person/", preset=jo.key).json()["phone"] == jo.phone
    assert pocket.ask("pocket/person/", preset="nobody").status_code == 400


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("text", {"app": "sms", "body": ""}),
        ("text", {"app": "sms", "body": "x" * 1601}),
        ("text", {"app": "whatsapp", "body": "No such channel here"}),
        ("text", {"app": ["sms"], "body": "x"}),
        ("mail", {"subject": "x" * 201, "text": "Hello"}),
        ("mail", {"subject": "Hello", "text": "x" * 8001}),
        ("mail", {"subject": "Hello", "text": "Hello", "answering": "<not@hers>"}),
        ("call/start", {}),
    ],
)
def test_what_no_door_takes_is_refused_in_words(pocket: Pocket, path: str, content: dict[str, Any]) -> None:
    answer = pocket.ask(f"pocket/{path}/", token=pocket.person()["token"], **content)
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(".")


def test_a_request_is_small(pocket: Pocket) -> None:
    assert pocket.ask("pocket/text/", token="x" * 50_000).status_code == 413


@pytest.mark.parametrize("body", ["[]", "{", "\xff", '"text"'])
def test_a_request_is_a_json_object(pocket: Pocket, body: str) -> None:
    csrf = pocket.browser.get("/demo/").cookies["onethread_csrf"].value
    headers = {"X-CSRFToken": csrf}
    answer = pocket.browser.post("/demo/pocket/person/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 400


def test_too_much_in_a_minute_is_refused(pocket: Pocket) -> None:
    answers = [pocket.ask("pocket/person/").status_code for _ in range(31)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_call_is_hers_who_dialled_it(pocket: Pocket) -> None:
    doors = Doors.here()
    her, other = people.fresh(), people.fresh()
    call = calling.signed("CA1", her)
    with pytest.raises(CannotDo, match="somebody else"):
        calling.look(other, doors, call)
    with pytest.raises(CannotDo, match="not known"):
        calling.look(her, doors, "CA1")


def test_a_claim_in_a_chat_shows_nobody_elses_conversation(pocket: Pocket) -> None:
    """Whose addresses a stranger only typed is still found by hers, not by his."""
    her = people.fresh()
    received = build.sms(pocket.channels["sms"], "Where is it?", sender=her.phone)
    found = tracing.look(her, "", Doors.here())
    assert found["conversation"]["id"] == received.message.conversation_id
    assert found["customer_count"] == 1
    assert tracing.look(people.fresh(), "", Doors.here())["conversation"] is None


def test_a_double_that_is_away_is_said_in_words(pocket: Pocket, settings: Any) -> None:
    path = settings.DATA_DIR / "demo.json"
    path.write_text(path.read_text().replace(pocket.far_side.twilio_url, "http://127.0.0.1:9"))
    answer = pocket.ask("pocket/look/", token=pocket.person()["token"])
    assert answer.status_code == 502
    assert "doesn't answer" in answer.json()["detail"]


def _shop_texts(pocket: Pocket, to: str, body: str) -> None:
    account, token = build.TWILIO["account_sid"], build.TWILIO["auth_token"]
    url = f"{pocket.far_side.twilio_url}/2010-04-01/Accounts/{account}/Messages.json"
    fields = {"To": to, "From": pocket.channels["sms"].address, "Body": body}
    httpx.post(url, data=fields, auth=(account, token), trust_env=False).raise_for_status()


def _shop_mails(pocket: Pocket, to: str, text: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "help@shop.example", to, "Hello", f"<{to}>"
    mail.set_content(text)
    with smtplib.SMTP(pocket.far_side.smtp_host, pocket.far_side.smtp_port) as server:
        server.send_message(mail)


def test_the_demos_switches_are_shown_to_admins_alone(pocket: Pocket) -> None:
    for person, is_shown in [(None, False), (pocket.agent, False), (build.user("Grace", User.Role.ADMIN), True)]:
        browser = Client()
        if person:
            browser.force_login(person)
        assert (reverse("demo_remove") in browser.get("/demo/").content.decode()) is is_shown


def test_once_the_demo_is_removed_its_pages_say_so(pocket: Pocket, settings: Any) -> None:
    person = pocket.person()
    csrf = pocket.browser.cookies["onethread_csrf"].value
    (settings.DATA_DIR / "demo.json").unlink()
    for path in ("/demo/", "/demo/shop/"):
        page = pocket.browser.get(path)
        assert (page.status_code, "The demo is gone" in page.content.decode()) == (404, True)
    assert pocket.ask("pocket/look/", csrf=csrf, token=person["token"]).status_code == 410


def test_the_shop_never_takes_a_chat_of_your_own(pocket: Pocket) -> None:
    own = build.channel("chat", at=build.desk("Own desk"))
    assert pocket.channels["chat"].key in pocket.browser.get("/demo/shop/").content.decode()
    pocket.channels["chat"].delete()
    page = pocket.browser.get("/demo/shop/")
    assert (page.status_code, own.key in page.content.decode()) == (404, False)
