"""Setting up a channel: each step says what to do, and it can be left and resumed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from ai_tier1 import rollout
from channels_ingest import live_check, processing, setting_up, tasks
from channels_ingest.adapters.connection_fields import CheckResult
from channels_ingest.models import ChannelSetup, InboundEvent
from conversations.models import Channel
from helpdesk.accounts.models import Team, User
from tests import build
from tests.channels_ingest.signing import mail_post, twilio_fields, twilio_post

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def grace() -> User:
    return build.user("Grace", User.Role.ADMIN)


@pytest.fixture
def page(grace: User) -> Client:
    client = Client()
    client.force_login(grace)
    return client


@pytest.fixture
def draft(page: Client) -> Channel:
    """A texting channel whose credentials were entered just now."""
    form = {
        "name": "Texts",
        "address": "+1 500 555 0001",
        "desk": str(build.desk().pk),
        "team": "",
        "language": "en",
        "connection_account_sid": build.TWILIO["account_sid"],
        "connection_auth_token": build.TWILIO["auth_token"],
    }
    assert page.post("/settings/channels/new/twilio_sms/", form).status_code == 302
    return Channel.objects.get()


def at(channel: Channel, step: str = "") -> str:
    return f"/settings/channels/{channel.pk}/setup/{step}{'/' if step else ''}"


def arrive(channel: Channel, text: str, sid: str = "SM" + "1" * 32, **more: Any) -> None:
    twilio_post(channel, twilio_fields(channel, text, sid), **more)
    for event_id in processing.due():
        processing.process(event_id)


def test_a_draft_is_resumed_where_it_was_left(page: Client, draft: Channel) -> None:
    assert page.get(at(draft))["Location"] == at(draft, "copy")
    page.get(at(draft, "copy"))
    page.get(at(draft, "test"))
    page.get(at(draft, "copy"))  # looking back does not throw it back
    assert page.get(at(draft))["Location"] == at(draft, "test")
    assert at(draft) in page.get("/settings/channels/").content.decode()
    assert at(draft) in page.get(f"/settings/channels/{draft.pk}/").content.decode()


def test_the_first_step_shows_what_to_copy(page: Client, draft: Channel, settings: Any) -> None:
    shown = page.get(at(draft, "copy")).content.decode()
    assert f'data-copy="{settings.PUBLIC_URL}/webhooks/{draft.pk}/"' in shown
    assert build.TWILIO["auth_token"] not in shown


def test_a_made_secret_is_shown_once_in_the_wizard(page: Client) -> None:
    form = {"name": "Mail", "address": "help@shop.example", "desk": str(build.desk().pk), "language": "en"}
    form |= {"connection_smtp_host": "smtp.shop.example", "connection_smtp_port": "25"}
    form |= {"connection_smtp_security": "tls"}
    location = page.post("/settings/channels/new/email/", form)["Location"]
    first, second = page.get(location).content.decode(), page.get(location).content.decode()
    assert "Shown this once" in first
    assert "Shown this once" not in second


def test_live_checks_are_shown_and_kept_for_the_end(
    page: Client, draft: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        CheckResult("Twilio accepts the account", True),
        CheckResult("Incoming messages come here", False, f"Set it {EVIL}"),
    ]
    monkeypatch.setattr(live_check, "lines", lambda _: iter(lines))
    monkeypatch.setattr(tasks.check, "apply_async", lambda args, **_: tasks.check(*args))
    page.post(at(draft, "run-check"))
    shown = page.get(at(draft, "check")).content.decode()
    assert "Twilio accepts the account" in shown
    assert EVIL not in shown
    page.post(at(draft, "routing"), {"desk": str(draft.desk_id), "team": "", "language": "en"})
    done = page.get(at(draft, "done")).content.decode()
    assert "Incoming messages come here" in done
    assert "None yet." in done


def test_a_check_without_a_worker_says_so_and_keeps_nothing(
    page: Client, draft: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: Any, **__: Any) -> None:
        raise ConnectionError("The broker is away")

    monkeypatch.setattr(tasks.check, "apply_async", nobody)
    assert "No worker answers" in page.post(at(draft, "run-check"), headers=FRAGMENT).content.decode()
    assert ChannelSetup.objects.get().checked_at is None


def test_the_waiting_panel_lights_up_with_the_first_message(page: Client, draft: Channel) -> None:
    waiting = page.get(at(draft, "test")).content.decode()
    assert f'hx-get="{at(draft, "waiting")}?refused="' in waiting and "data-arrived" not in waiting
    assert page.get(at(draft, "waiting") + "?refused=", headers=FRAGMENT).status_code == 204
    arrive(draft, f"Hello {EVIL}")
    lit = page.get(at(draft, "waiting"), headers=FRAGMENT).content.decode()
    assert "data-arrived" in lit and "hx-get" not in lit
    assert build.JO_PHONE in lit
    assert "Hello &lt;script&gt;" in lit and EVIL not in lit
    arrive(draft, "And another", "SM2")
    assert "And another" not in page.get(at(draft, "waiting"), headers=FRAGMENT).content.decode()


def test_a_test_that_was_refused_tells_why(page: Client, draft: Channel) -> None:
    arrive(draft, "Forged", signed="bm8=")
    shown = page.get(at(draft, "test")).content.decode()
    assert "signature fits none of our public addresses" in shown
    event = InboundEvent.objects.get()
    assert f"/settings/ledger/{event.pk}/" in shown
    assert "data-arrived" not in shown
    assert page.get(at(draft, "waiting") + "?refused=", headers=FRAGMENT).status_code == 200
    assert page.get(at(draft, "waiting") + f"?refused={event.pk}", headers=FRAGMENT).status_code == 204


def test_a_message_from_before_does_not_light_it(page: Client, draft: Channel) -> None:
    build.sms(draft)
    setup = ChannelSetup.objects.get()
    setup.began_at = setup.channel.messages.get().created_at.replace(year=2099)
    setup.save()
    assert setting_up.first_message(setup) is None


def test_routing_finishes_it(page: Client, draft: Channel) -> None:
    team, other = Team.objects.create(name="Deliveries"), build.desk("Sales")
    assert page.get(at(draft, "done"))["Location"] == at(draft)
    assert not rollout.answers_on(draft)
    entered = {"desk": str(other.pk), "team": str(team.pk), "language": "de", "is_answered": "on"}
    answer = page.post(at(draft, "routing"), entered)
    assert answer["Location"] == at(draft, "done")
    channel = Channel.objects.get()
    assert (channel.desk, channel.team, channel.language) == (other, team, "de")
    assert (channel.name, channel.address) == ("Texts", "+15005550001")
    assert rollout.answers_on(channel)
    assert ChannelSetup.objects.get().finished_at is not None
    assert "Finish setting up" not in page.get("/settings/channels/").content.decode()
    assert "Deliveries" in page.get(at(draft, "done")).content.decode()


def test_wrong_routing_is_told_and_keeps_the_draft(page: Client, draft: Channel) -> None:
    answer = page.post(at(draft, "routing"), {"desk": "999", "language": "xx"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"desk", "language"}
    assert ChannelSetup.objects.get().finished_at is None


def test_changed_credentials_lead_back_to_the_draft(page: Client, draft: Channel) -> None:
    page.get(at(draft, "check"))
    form = {
        "name": "Texts",
        "address": draft.address,
        "desk": str(draft.desk_id),
        "language": "en",
        "connection_account_sid": build.TWILIO["account_sid"],
    }
    assert page.post(f"/settings/channels/{draft.pk}/edit/", form)["Location"] == at(draft)


def test_every_step_of_every_kind_is_a_page(page: Client) -> None:
    for kind, provider in (("chat", ""), ("email", "imap"), ("phone", ""), ("whatsapp", "whatsapp_cloud")):
        channel = build.channel(kind, provider=provider)
        setting_up.begin(channel)
        for step in ("copy", "check", "test", "routing"):
            html = page.get(at(channel, step)).content.decode()
            assert len(re.findall(r"aria-current=\"step\"", html)) == 1


def test_no_other_step_and_no_setup_where_there_was_none(page: Client, draft: Channel) -> None:
    assert page.get(at(draft, "nonsense")).status_code == 404
    assert page.post(at(draft, "copy")).status_code == 404
    other = build.channel("email")
    assert page.get(at(other)).status_code == 404
    assert mail_post(other, b"From: jo@customer.example\r\n\r\nHello\r\n").status_code == 200


def test_only_admins_set_up(draft: Channel) -> None:
    client = Client()
    client.force_login(build.user("Ada"))
    for step in ("", "copy", "waiting", "run-check"):
        assert client.get(at(draft, step)).status_code in (302, 403, 404, 405)
    assert ChannelSetup.objects.get().step == "copy"
