"""The tier-1 on real conversations, with the real model: who is answered, when, and who is left in peace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from ai_tier1 import thinking, turn_queue, turn_run
from ai_tier1.knowledge import articles, import_markdown, index
from ai_tier1.models import Article, Rollout, Turn
from conversations.actions import actors, assignment, replying
from conversations.models import Conversation, Handoff, Message
from customers.assurance import Assurance
from helpdesk.accounts.models import AuditEntry
from helpdesk.events import followers, log
from helpdesk.events.models import Event
from tests import build

DEMO = Path(__file__).resolve().parents[2] / "helpdesk/management/demo/articles"
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("model"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def knowledge(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Two articles, indexed once: reading them takes longer than all these tests."""
    with django_db_blocker.unblock():
        for draft in import_markdown.read_articles(DEMO):
            if draft.slug in {"delivery-times-and-costs", "return-an-item"} or "deliver" in draft.slug:
                article = articles.publish(articles.save_article(draft, by=None), by=None)
                index.index_article(article.pk)
        assert Article.objects.exists()
    yield
    with django_db_blocker.unblock():
        Article.objects.all().delete()
        AuditEntry.objects.all().delete()  # who published them


def answering(kind: str):
    channel = build.channel(kind)
    Rollout.objects.create(channel=channel, mode=Rollout.Mode.ALWAYS)
    return channel


def follow() -> None:
    log.publish()
    followers.run_follower("tier1")
    followers.run_follower("repeats")


def think() -> Turn:
    """What the worker does once the burst is over."""
    follow()
    Turn.objects.filter(state="queued").update(not_before=timezone.now() - timedelta(seconds=1))
    for turn_id in turn_queue.due():
        turn_run.run(turn_id)
    return Turn.objects.latest("pk")


def said_by_ai() -> list[Message]:
    return list(Message.objects.filter(author_kind="ai").order_by("pk"))


def test_a_question_the_knowledge_answers_is_answered_with_its_source(knowledge):
    build.chat(answering("chat"), "How long does delivery take?")

    turn = think()

    (answer,) = said_by_ai()
    assert (turn.state, turn.decision, turn.reply) == ("done", "answer", answer)
    assert answer.citations[0]["title"]
    assert answer.citations[0]["passage"]
    assert "automated" in answer.text
    assert build.conversation().tier1_state == "answered"


def test_the_first_answer_on_each_channel_says_it_comes_from_a_machine(knowledge):
    chat = answering("chat")
    build.chat(chat, "How long does delivery take?")
    think()
    build.chat(chat, "And what does express delivery cost?")
    think()
    first, second = said_by_ai()
    assert "automated" in first.text
    assert "automated" not in second.text


def test_a_burst_gets_one_answer(knowledge):
    chat = answering("chat")
    for text in ("Hi", "a question about my order", "How long does delivery take?"):
        build.chat(chat, text)
        follow()
    assert Turn.objects.count() == 1
    think()
    assert len(said_by_ai()) == 1


def test_an_sms_answer_fits_two_segments(knowledge):
    build.sms(answering("sms"), "How long does delivery take?")
    think()
    (answer,) = said_by_ai()
    assert len(answer.text) <= 306


def test_whoever_asks_for_a_person_is_handed_over_with_a_brief_and_told_once(knowledge):
    sms = answering("sms")
    build.sms(sms, "How long does delivery take?")
    think()
    build.sms(sms, "It is about order FH-31277, I want to talk to a human please")
    turn = think()

    handoff = Handoff.objects.get()
    conversation = build.conversation()
    assert (turn.decision, handoff.reason) == ("hand_off", "wanted_person")
    assert conversation.tier1_state == "handed_off"
    assert conversation.waiting_since is not None
    assert {"FH-31277"} <= {fact["value"] for fact in handoff.known_facts}
    assert all(fact["message"] and fact["channel_kind"] == "sms" for fact in handoff.known_facts)
    notice = said_by_ai()[-1]
    assert notice == turn.reply

    build.sms(sms, "Hello? How long does delivery take?")
    follow()
    assert Turn.objects.filter(state__in=Turn.OPEN_STATES).count() == 0


def test_nothing_in_the_knowledge_ends_at_a_person(knowledge):
    build.chat(answering("chat"), "Can you recommend a good dentist near the harbour in Lisbon?")
    assert think().decision == "hand_off"


def test_a_person_who_took_over_is_never_talked_over(knowledge):
    chat = answering("chat")
    build.chat(chat, "How long does delivery take?")
    follow()
    ada = build.user("Ada")
    assignment.assign(build.conversation(), to=ada, team=None, by=actors.agent(ada))
    think()
    assert said_by_ai() == []


def test_an_agents_answer_drops_the_turn_that_waits(knowledge):
    chat = answering("chat")
    build.chat(chat, "How long does delivery take?")
    follow()
    ada = build.user("Ada")
    replying.reply(build.conversation(), replying.Outgoing("Two days."), by=actors.agent(ada), user=ada)
    follow()
    assert Turn.objects.get().state == "superseded"


@pytest.mark.parametrize("automatic", ["auto_reply", "bounce", "list"])
def test_machines_are_never_answered(knowledge, automatic):
    build.mail(answering("email"), "How long does delivery take?", automatic=automatic)
    follow()
    assert not Turn.objects.exists()


def test_a_forged_sender_gets_no_automatic_word_but_a_person_sees_it(knowledge):
    build.mail(answering("email"), "How long does delivery take?", assurance=Assurance.CLAIMED)
    think()
    assert said_by_ai() == []
    assert Handoff.objects.count() == 1


def test_the_same_question_after_its_answer_goes_to_a_person_and_is_counted(knowledge):
    chat = answering("chat")
    build.chat(chat, "How long does delivery take?")
    think()
    build.chat(chat, "How long does the delivery take??")
    turn = think()
    assert (turn.decision, turn.reason) == ("hand_off", "asked_again")
    assert Event.objects.filter(type="question.asked_again").count() == 1


def test_a_channel_that_is_not_rolled_out_stays_silent(knowledge):
    build.chat(build.channel("chat"), "How long does delivery take?")
    follow()
    assert not Turn.objects.exists()


def test_leaving_a_phone_number_is_not_a_question(knowledge):
    build.chat(answering("chat"), "My number is +15005550006")
    assert think().decision == "none"
    assert said_by_ai() == []


def test_what_was_said_meanwhile_is_answered_with_it(knowledge, monkeypatch):
    chat = answering("chat")
    build.chat(chat, "How long does delivery take?")
    follow()
    real = thinking.think

    def interrupted(inquiry):
        if Message.objects.filter(direction="inbound").count() == 1:
            build.chat(chat, "To the Scottish Highlands, I mean")
        return real(inquiry)

    monkeypatch.setattr(turn_run, "think", interrupted)
    think()
    assert said_by_ai() == []
    assert Turn.objects.get().state == "queued"
    think()
    assert len(said_by_ai()) == 1
    assert "Highlands" in Turn.objects.get().question


def test_an_agent_who_asks_for_what_is_known_is_noted(knowledge):
    sms = build.channel("sms")
    build.sms(sms, "Order FH-31277 is late")
    ada = build.user("Ada")
    replying.reply(
        build.conversation(), replying.Outgoing("What is your order number?"), by=actors.agent(ada), user=ada
    )
    follow()
    event = Event.objects.get(type="fact.asked_again")
    assert event.facts["name"] == "order_number"


def test_a_turn_whose_worker_died_is_found_again(knowledge):
    build.chat(answering("chat"), "How long does delivery take?")
    follow()
    Turn.objects.update(state="running", started_at=timezone.now() - timedelta(minutes=5))
    for turn_id in turn_queue.due():
        turn_run.run(turn_id)
    assert len(said_by_ai()) == 1


def test_a_turn_that_keeps_failing_ends_at_a_person(knowledge, monkeypatch):
    build.chat(answering("chat"), "How long does delivery take?")

    def broken(_):
        raise RuntimeError("the model is gone")

    monkeypatch.setattr(turn_run, "think", broken)
    for _ in range(turn_run.GIVE_UP_AFTER):
        think()
    assert Turn.objects.get().state == "failed"
    assert Handoff.objects.get().reason == "failed"
    assert Conversation.objects.get().tier1_state == "handed_off"


def test_a_mails_subject_does_not_run_into_its_first_sentence(knowledge):
    mail = answering("email")
    build.mail(mail, "I want to talk to a person about the zip.", subject="Refund for my tent")
    think()
    assert "tent How" not in Handoff.objects.get().wish


def test_even_a_hello_back_says_that_it_comes_from_a_machine(knowledge):
    chat = answering("chat")
    build.chat(chat, "Hello!")
    turn = think()
    assert turn.decision == "ask"
    build.chat(chat, "How long does delivery take?")
    think()
    first, second = said_by_ai()
    assert "automated" in first.text
    assert "automated" not in second.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Wie lange dauert die Lieferung nach Hause?", "Auf Deutsch"),
        ("Combien de temps faut-il pour la livraison ?", "en français"),
    ],
)
def test_who_writes_in_a_language_without_articles_is_told_so_in_it(knowledge, text, said):
    build.sms(answering("sms"), text)
    turn = think()
    assert turn.reason == "other_language"
    assert said in said_by_ai()[0].text


def test_a_stranger_who_holds_somebodys_token_gets_no_automatic_word(knowledge):
    mail = answering("email")
    first = build.mail(mail, "I want to talk to a person", subject="Broken kettle").message
    think()
    assert first.identity is not None
    first.conversation.reply_tokens.create(token="t" * 26, identity=first.identity, channel=mail)
    told = len(said_by_ai())

    for text in ("How long does delivery take?", "And express delivery?"):
        build.mail(mail, text, sender="mallory@evil.example", subject="Re: Broken kettle", reply_tokens=("t" * 26,))
        think()

    assert len(said_by_ai()) == told
    beside = Conversation.objects.exclude(pk=first.conversation.pk).get()
    assert (beside.linked_to, beside.message_count) == (first.conversation, 2)
    assert beside.waiting_since is not None
