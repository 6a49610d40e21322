"""Removing the demo takes all of it and leaves every real row as it was."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from ai_tier1.knowledge import articles
from ai_tier1.knowledge.drafts import ArticleDraft
from ai_tier1.models import Article
from channels_ingest.models import InboundEvent
from conversations.actions import replying, state
from conversations.actions.actors import agent
from conversations.actions.replying import Outgoing
from conversations.models import Attachment, Channel, Conversation
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from helpdesk.management.demo import kept, registry, removal, shop
from helpdesk.models import DemoRow
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]

# Where the log stands, and that the demo was removed, is the installation's own.
KEEPS_COUNT = {"events.EventClock", "events.Follower", "accounts.AuditEntry"}


@pytest.fixture(scope="module")
def around(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Real rows, and the demo loaded after them."""
    data_dir = tmp_path_factory.mktemp("removal")
    here = override_settings(DATA_DIR=data_dir, MEDIA_ROOT=data_dir / "files", DEMO_IS_SMALL=True)
    with django_db_blocker.unblock(), here, transaction.atomic():
        real_rows()
        call_command("demo", "--json", stdout=StringIO())
        yield data_dir
        transaction.set_rollback(True)


def real_rows() -> None:
    """A desk of one's own with people, channels, knowledge and two conversations."""
    lin = build.user("Lin", User.Role.ADMIN)
    lin.teams.add(Team.objects.create(name="Own team"))
    texts, mails = build.channel("sms", at=build.desk("Own desk")), build.channel("email", at=build.desk("Own desk"))
    build.sms(texts)
    said = build.mail(mails, sender="kim@customer.example").message.conversation
    replying.reply(said, Outgoing("We look."), by=agent(lin), user=lin)
    replying.add_note(said, "Looked.", by=lin)
    state.resolve(said, by=agent(lin))
    articles.publish(articles.save_article(ArticleDraft(title="Ours", body="Words"), by=lin), by=lin)


def everything() -> dict[str, str]:
    """Every row of every table, byte for byte."""
    return {
        f"{model._meta.label} {row.pk}": serializers.serialize("json", [row])
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in KEEPS_COUNT
        for row in model._base_manager.all()
    }


def demo_rows() -> set[str]:
    return {f"{row.model} {row.object_id}" for row in DemoRow.objects.all()}


def test_all_of_the_demo_goes_and_every_real_row_is_byte_for_byte_the_same(around: Path) -> None:
    demo = demo_rows()
    real = {key: row for key, row in everything().items() if key not in demo and "DemoRow" not in key}
    real = {key: row for key, row in real.items() if not is_link_of_the_demo(key)}
    assert len(demo) > 1000
    with transaction.atomic():
        removal.remove(around)
        left = everything()
        assert {key: row for key, row in left.items() if key not in real} == {}
        assert left == real
        transaction.set_rollback(True)


def is_link_of_the_demo(key: str) -> bool:
    """Memberships have no signal of their own: they are the demo's where their person or desk is."""
    label, _, pk = key.partition(" ")
    model = apps.get_model(label)
    if not model._meta.auto_created:
        return False
    row = model._base_manager.get(pk=pk)
    owner = next(field for field in model._meta.concrete_fields if field.is_relation)
    keys = registry.rows().get(owner.related_model, set())
    return getattr(row, owner.attname) in keys


def test_who_only_ever_wrote_to_the_demo_goes_with_it(around: Path) -> None:
    with transaction.atomic():
        passer_by = build.sms(shop.channel("sms"), sender="+15005550999").message.conversation
        InboundEvent.objects.create(channel=shop.channel("sms"), digest="d", is_verified=True, method="POST", body=b"")
        removal.remove(around)
        assert not Conversation.objects.filter(pk=passer_by.pk).exists()
        assert not Customer.objects.filter(pk=passer_by.customer_id).exists()
        assert not InboundEvent.objects.exists()
        transaction.set_rollback(True)


def test_a_real_customer_who_tried_the_demo_stays_with_what_is_real(around: Path) -> None:
    with transaction.atomic():
        jo = Customer.objects.get(identities__address=build.JO_PHONE)
        tried = Conversation.objects.create(number=99_001, desk=shop.desk(), customer=jo)
        identity = jo.identities.get()
        tried.messages.create(channel=shop.channel("sms"), identity=identity, direction="inbound", text="Hi")
        removal.remove(around)
        assert Customer.objects.filter(pk=jo.pk).exists()
        assert list(jo.conversations.values_list("channel_kinds", flat=True)) == [["sms"]]
        assert not Conversation.objects.filter(pk=tried.pk).exists()
        transaction.set_rollback(True)


def test_what_a_real_conversation_needs_stays_and_does_nothing_any_more(around: Path) -> None:
    with transaction.atomic():
        ada = User.objects.get(email="ada@fernhill.example")
        own = Conversation.objects.get(desk__name="Own desk", state="resolved")
        replying.add_note(own, "I know this one.", by=ada)
        texts = shop.channel("sms")
        said = build.sms(Channel.objects.get(desk__name="Own desk", kind="sms"), text="More").message.conversation
        said.messages.create(channel=texts, identity=said.messages.all()[0].identity, direction="outbound", text="Yes")
        before = said.messages.count()
        removal.remove(around)
        ada.refresh_from_db()
        texts.refresh_from_db()
        assert (ada.is_active, texts.is_on, texts.connections.count()) == (False, False, 0)
        assert said.messages.count() == before
        transaction.set_rollback(True)


def test_a_demo_article_that_was_rewritten_is_yours(around: Path) -> None:
    with transaction.atomic():
        lin = User.objects.get(email__startswith="lin")
        row = Article.objects.get(slug="tent-care")
        articles.save_article(ArticleDraft(title="Tents", body="Our own words"), by=lin, article=row)
        removal.remove(around)
        assert Article.objects.filter(slug="tent-care").exists()
        assert row.revisions.count() == 2
        assert not Article.objects.filter(slug="refunds").exists()
        transaction.set_rollback(True)


def test_the_only_admin_can_still_log_in_after_it(around: Path) -> None:
    with transaction.atomic():
        User.objects.filter(email__startswith="lin").update(role=User.Role.AGENT)
        grace = User.objects.get(email="grace@fernhill.example")
        removal.remove(around, by=grace)
        assert User.objects.active().filter(pk=grace.pk, role=User.Role.ADMIN).exists()
        assert not User.objects.filter(email="ada@fernhill.example").exists()
        transaction.set_rollback(True)


def test_after_it_the_demo_may_be_loaded_again(around: Path) -> None:
    with transaction.atomic():
        removal.remove(around)
        assert not registry.is_loaded()
        call_command("demo", "--json", stdout=StringIO())
        assert registry.is_loaded()
        removal.remove(around)
        assert Conversation.objects.count() == 2
        transaction.set_rollback(True)


def test_files_and_facts_go_once_it_is_committed(around: Path, django_capture_on_commit_callbacks: Any) -> None:
    file = Path(Attachment.objects.exclude(file="")[0].file.path)
    facts = kept.read(around)
    assert file.exists()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        removal.remove(around)
    assert not file.exists()
    assert kept.read(around) == {}
    assert facts


@pytest.fixture
def with_demo_pages() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.demo.urls"):
        yield


@pytest.mark.usefixtures("with_demo_pages")
def test_the_button_is_for_admins_who_type_the_name() -> None:
    admin, ada = build.user("Grace", User.Role.ADMIN), build.user("Ada")
    client = Client()
    assert client.post("/demo/remove/", {"name": "Fernhill Supply"}).status_code == 403
    client.force_login(ada)
    assert client.post("/demo/remove/", {"name": "Fernhill Supply"}).status_code == 403
    client.force_login(admin)
    assert client.get("/demo/remove/").status_code == 405
    assert client.post("/demo/remove/", {"name": "yes"}).status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    assert strict.post("/demo/remove/", {"name": "Fernhill Supply"}).status_code == 403


@pytest.mark.usefixtures("with_demo_pages")
def test_the_button_says_so_where_there_is_no_demo() -> None:
    client = Client()
    client.force_login(build.user("Grace", User.Role.ADMIN))
    with transaction.atomic():
        DemoRow.objects.all().delete()
        assert client.post("/demo/remove/", {"name": "fernhill supply"}).status_code == 409
        transaction.set_rollback(True)
