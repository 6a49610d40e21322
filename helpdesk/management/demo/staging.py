"""One story on its way: the conversation it runs in, and how each kind of step is acted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import singledispatchmethod

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from ai_tier1 import voice_and_tone
from ai_tier1.models.knowledge import Article
from ai_tier1.policy import SENTENCES, Reason
from channels_ingest.widget import tokens
from conversations import channel_kinds as kinds
from conversations.actions import (
    actors,
    assignment,
    calls,
    people,
    receiving,
    replying,
    state,
    tier1,
)
from conversations.actions.files import ArrivedFile
from conversations.actions.replying import Outgoing
from conversations.models import Call, Channel, Conversation, Delivery, Message
from customers.actions.resolving import Address
from customers.assurance import Assurance
from customers.models import Identity
from helpdesk.accounts.models import Team, User
from helpdesk.management.demo import people as people_here
from helpdesk.management.demo import phoning, photos, shop
from helpdesk.management.demo.delivered import deliver
from helpdesk.management.demo.script import (
    Answered,
    AsksBack,
    Assigned,
    HandedOff,
    HangsUp,
    Leaves,
    Notes,
    Proves,
    Reads,
    Replies,
    Resolved,
    Says,
    Snoozed,
    Spam,
    Step,
    Story,
)

MARK = "demo-"


def marker(story: Story, number: int) -> str:
    """How a message of a story is found again."""
    return f"{MARK}{story.key}-{number}"


@dataclass(frozen=True, slots=True)
class House:
    """What all stories share: the shop's people and channels, and the customers' browsers."""

    colleagues: dict[str, User]
    teams: dict[str, Team]
    channels: dict[str, Channel]
    articles: dict[str, Article]
    sessions: dict[str, str]

    @classmethod
    def furnished(cls) -> House:
        """Read once: none of it changes while stories are told."""
        return cls(
            people_here.users(),
            {team.name: team for team in Team.objects.all()},
            shop.channels(),
            {row.slug: row for row in Article.objects.all()},
            {},
        )


class Stage:
    """Where one story is told."""

    def __init__(self, story: Story, house: House) -> None:
        self.story = story
        self.house = house
        self.said_count = 0
        self.last: Message | None = None
        # Who is on the line hears what is said.
        self.call: Call | None = None
        self._stands: Conversation | None = None

    def play(self, step: Step) -> None:
        """Act one step, at the moment the clock shows."""
        self._stands = None
        self._act(step)

    @singledispatchmethod
    def _act(self, step: Step) -> None:
        raise TypeError(f"Nobody can act {type(step).__name__}")

    @_act.register
    def _(self, step: Says) -> None:
        channel = self.house.channels[step.channel]
        if channel.abilities.is_spoken and self.call is None:
            self.call = phoning.begin(channel, self._sender(step.channel), marker(self.story, self.said_count))
        self._take_in(step, tuple(photos.taken(name) for name in step.photos))

    @_act.register
    def _(self, step: Leaves) -> None:
        text, file = phoning.voicemail(step, self.story.key)
        self._take_in(Says(0, self._on_the_line.channel.kind, text), (file,))

    @_act.register
    def _(self, step: AsksBack) -> None:
        calls.want_call_back(self._on_the_line)

    @_act.register
    def _(self, step: HangsUp) -> None:
        calls.end(self._on_the_line)
        self.call = None

    def _take_in(self, step: Says, attached: tuple[ArrivedFile, ...]) -> None:
        said = marker(self.story, self.said_count)
        self.said_count += 1
        is_chat = step.channel == "chat"
        arrival = receiving.Arrival(
            channel=self.house.channels[step.channel],
            sender=self._sender(step.channel),
            text=step.text,
            subject=step.subject,
            client_id=said if is_chat else "",
            provider_message_id="" if is_chat else said,
            rfc_message_id=f"<{said}@example.com>" if step.subject else "",
            references=self._answered_mail() if step.subject.startswith("Re: ") else (),
            language=self.story.person.language,
            occurred_at=timezone.now(),
            files=attached,
            call=self.call if self.house.channels[step.channel].abilities.is_spoken else None,
        )
        self.last = receiving.receive(arrival).message

    @_act.register
    def _(self, step: Proves) -> None:
        session = self._said.identity
        if session is None:
            raise ValueError("Only a chat has a window to prove an address in")
        address = getattr(self.story.person, step.kind)
        people.claim_and_challenge(session, step.kind, address, as_seen=address)
        sent = Delivery.objects.exclude(secret=None).latest("pk")
        code = next(iter(re.findall(r"\d{6}", (sent.secret or {}).get("text", ""))), "")
        deliver(sent.message)
        people.prove(session, code)

    @_act.register
    def _(self, step: Answered) -> None:
        tier1.take(self._conversation)
        articles = self.house.articles
        citations = tuple(
            {
                "number": number,
                "article": articles[slug].pk,
                "title": articles[slug].title,
                "passage": step.text,
                "url": settings.PUBLIC_URL + reverse("help_article", args=[slug]),
            }
            for number, slug in enumerate(step.articles, 1)
        )
        language = self.story.person.language
        said = phoning.spoken(step, self.call, language) if self.call else Outgoing(self._framed(step))
        outgoing = replace(said, citations=citations)
        phoning.arrive(tier1.answer(self._conversation, outgoing, to=self._said, decision=step.decision, turn_id=0))

    @_act.register
    def _(self, step: HandedOff) -> None:
        tier1.take(self._conversation)
        language = self.story.person.language
        is_spoken = self.call is not None
        notice = voice_and_tone.handoff_notice(language, reason=step.reason, is_open=True, is_spoken=is_spoken)
        outgoing = Outgoing(notice, channel=self.call.channel if self.call else None, call=self.call)
        phoning.arrive(replying.reply(self._conversation, outgoing, by=actors.AI))
        brief = tier1.Brief(
            reason=step.reason,
            reason_text=SENTENCES[Reason(step.reason)],
            wish=step.wish,
            known_facts=[fact for name, value in step.facts if (fact := self._fact(name, value))],
            answered=self._answered(),
            next_step=step.next_step,
            mood=step.mood,
            language=language,
        )
        tier1.hand_off(self._conversation, brief, to=self._said)

    @_act.register
    def _(self, step: Replies) -> None:
        user = self.house.colleagues[step.by]
        outgoing = Outgoing(step.text, channel=self.house.channels[step.channel] if step.channel else None)
        deliver(replying.reply(self._conversation, outgoing, by=actors.agent(user), user=user), fails=step.fails)

    @_act.register
    def _(self, step: Notes) -> None:
        replying.add_note(self._conversation, step.text, by=self.house.colleagues[step.by])

    @_act.register
    def _(self, step: Assigned) -> None:
        everybody = self.house.colleagues
        team = self.house.teams[step.team] if step.team else self._conversation.team
        agent = everybody[step.agent] if step.agent else self._conversation.assignee
        assignment.assign(self._conversation, to=agent, team=team, by=actors.agent(everybody[step.by]))

    @_act.register
    def _(self, step: Resolved) -> None:
        state.resolve(self._conversation, by=actors.agent(self.house.colleagues[step.by]))

    @_act.register
    def _(self, step: Snoozed) -> None:
        until = timezone.now() + timedelta(days=step.days)
        state.snooze(self._conversation, until=until, by=actors.agent(self.house.colleagues[step.by]))

    @_act.register
    def _(self, step: Reads) -> None:
        state.mark_read(self._conversation, by=actors.agent(self.house.colleagues[step.by]))

    @_act.register
    def _(self, step: Spam) -> None:
        state.mark_spam(self._conversation, by=actors.agent(self.house.colleagues[step.by]))

    @property
    def _said(self) -> Message:
        """The customer's last message."""
        if self.last is None:
            raise ValueError(f"{self.story.key} has to begin with the customer's words")
        return self.last

    @property
    def _on_the_line(self) -> Call:
        if self.call is None:
            raise ValueError(f"Nobody is on the line in {self.story.key}")
        return self.call

    @property
    def _conversation(self) -> Conversation:
        """Where the story stood when this step began: a proof may have joined its conversation to another."""
        if self._stands is None:
            self._said.refresh_from_db(fields=["conversation"])
            self._stands = self._said.conversation
        return self._stands

    def _sender(self, channel: str) -> Address | None:
        person = self.story.person
        if channel == "chat":
            visitor = self.house.sessions.setdefault(self.story.browser or person.key, tokens.new_visitor())
            return Address(Identity.Kind.VISITOR, visitor, visitor, Assurance.CHANNEL)
        if "phone" in kinds.of(channel).reaches:
            if not person.phone:  # withheld
                return None
            # A carrier's caller id can be faked; WhatsApp has checked its numbers, and shows a name beside them.
            is_checked = kinds.of(channel).has_read_receipts
            assurance, name = (Assurance.CHANNEL, person.name) if is_checked else (Assurance.PRESENTED, "")
            return Address(Identity.Kind.PHONE, person.phone, person.phone, assurance, name)
        return Address(Identity.Kind.EMAIL, person.email, person.email, Assurance.CHANNEL, person.name)

    def _answered_mail(self) -> tuple[str, ...]:
        """The Message-ID of our last mail, or of hers where we have not written."""
        mails = self._conversation.messages.exclude(rfc_message_id="").order_by("-direction", "-pk")
        return tuple(mails.values_list("rfc_message_id", flat=True)[:1])

    def _framed(self, step: Answered) -> str:
        """The answer as the tier-1 would put it on this channel."""
        kind = self._said.channel.abilities
        earlier = self._conversation.messages.filter(author_kind=Message.AuthorKind.AI, channel=self._said.channel)
        lines = voice_and_tone.framing(
            self.story.person.language,
            brand=shop.BRAND,
            is_letter=kind.is_letter,
            is_short=kind.is_segmented,
            is_first=not earlier.exists(),
            is_offer=step.decision == "offer",
            name=self.story.person.name.partition(" ")[0],
        )
        return "\n\n".join(part for part in (lines.opening, step.text, lines.closing) if part)

    def _fact(self, name: str, value: str) -> dict[str, object] | None:
        """A fact with the message in which the customer gave it; None where she did not."""
        given = self._conversation.messages.filter(direction=Message.Direction.INBOUND, text__contains=value)
        message = given.order_by("-pk").first()
        if message is None:
            return None
        return {"name": name, "value": value, "message": message.pk, "channel_kind": message.channel.kind}

    def _answered(self) -> list[dict[str, object]]:
        said = self._conversation.messages.filter(author_kind=Message.AuthorKind.AI).order_by("pk")
        return [
            {"article": one["article"], "title": one["title"], "question": self._said.text[:200]}
            for message in said
            for one in message.citations
        ]
