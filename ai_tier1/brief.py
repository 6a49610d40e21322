"""The brief for the person who takes over: all that has to be known before typing a word. Pure.

It is made of the customer's own words and of facts found in them, each with the message it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ai_tier1.known_facts import known_facts
from ai_tier1.languages import detect
from ai_tier1.mood import Anger, mood_of
from ai_tier1.plain_words import plain, words
from ai_tier1.policy import SENTENCES, Reason
from ai_tier1.sentences import sentences
from ai_tier1.what_came_in import Kind, read

_LONGEST_WISH = 400
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the conversation, oldest first in a list of them."""

    message_id: int
    channel_kind: str
    author_kind: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question the tier-1 answered, and the article it answered from."""

    question: str
    article: int
    title: str


@dataclass(frozen=True, slots=True)
class KnownFact:
    """Something the customer has already given, and where."""

    name: str
    value: str
    message: int
    channel_kind: str


@dataclass(frozen=True, slots=True)
class Brief:
    """See ``conversations.models.Handoff`` for where it is kept."""

    wish: str
    known_facts: tuple[KnownFact, ...]
    answered: tuple[AnsweredQuestion, ...]
    reason: str
    reason_text: str
    next_step: str
    mood: str
    language: str
    promised: str


_WISH = re.compile(
    r"\?|\b(?:i(?:'d| would)? (?:want|need|like|wish|expect)|please|can you|could you|would you|i am looking|"
    r"i'm looking|help|refund|replace\w*|cancel|return|exchange|change|repair|complain\w*|"
    r"ich (?:möchte|will|brauche|hätte)|bitte|können sie|je (?:voudrais|veux|souhaite)|pouvez-vous|"
    r"quiero|necesito|quisiera|puede)\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:(?:i|we|somebody|someone|a colleague|our team|they)(?:'ll| will| (?:is|are) going to)|"
    r"you (?:will|'ll) (?:get|receive|have|hear)|you get (?:the|an) answer|is back on|will answer|"
    r"by (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|the end of)|"
    r"(?:wir|ich) (?:werde[n]?|melde[n]?|schicke[n]?)|sie (?:erhalten|bekommen)|"
    r"nous (?:allons|vous)|je vais|vous (?:recevrez|aurez)|"
    r"(?:le|les) (?:enviaremos|responderá|llamaremos)|recibirá)\b",
    re.IGNORECASE,
)
_MOODS = {Anger.CALM: "calm", Anger.ANNOYED: "annoyed", Anger.ANGRY: "angry"}
# What to do first, by what is known and why the tier-1 stopped.
_FIRST_STEPS: dict[Reason, str] = {
    Reason.ANGER: "Say sorry first",
    Reason.ASKED_AGAIN: "Read the answer given: it did not help",
    Reason.TWO_FAILED: "Read the answers given: they did not help",
    Reason.OTHER_LANGUAGE: "Answer in the customer's language ({language})",
    Reason.UNREAD_ATTACHMENT: "Look at the attachment",
    Reason.NOTHING_FOUND: "Answer from what you know; the knowledge base has no article on this",
    Reason.DOES_NOT_FIT: "Send the whole answer on a channel with room for it",
}


def brief(
    lines: Sequence[Line],
    answered: Sequence[AnsweredQuestion],
    reason: Reason,
    *,
    expected_language: str = "en",
) -> Brief:
    """The brief of a conversation at its handoff. ``lines`` are oldest first; the last 200 count."""
    recent = lines[-_MOST_LINES:]
    customer = [line for line in recent if line.author_kind == "customer"]
    facts = tuple(_facts(customer))
    language = _language(customer, expected_language)
    return Brief(
        wish=_wish(customer),
        known_facts=facts,
        answered=tuple(answered),
        reason=reason.value,
        reason_text=SENTENCES[reason],
        next_step=_next_step(reason, facts, language),
        mood=_mood(customer),
        language=language,
        promised=_promised(line for line in recent if line.author_kind != "customer"),
    )


def _facts(customer: Iterable[Line]) -> Iterable[KnownFact]:
    """Each fact once, from the message that gave it first."""
    seen: set[tuple[str, str]] = set()
    for line in customer:
        for fact in known_facts(line.text):
            key = (fact.name, fact.value.casefold())
            if key not in seen:
                seen.add(key)
                yield KnownFact(fact.name, fact.value, line.message_id, line.channel_kind)


def _wish(customer: Sequence[Line]) -> str:
    """The latest sentences that say what is wanted; "agent please" says nothing of it."""
    telling = [line.text for line in customer if read(line.text, expected_language="en").kind.is_searched]
    for text in reversed(telling):
        asking = [sentence for sentence in sentences(text) if _WISH.search(sentence) and len(words(sentence)) > 2]
        if asking:
            return _shortened(" ".join(asking))
    if telling:
        return _shortened(" ".join(sentences(telling[-1])))
    return "Wants to talk to a person." if any(_is_person_wish(line) for line in customer) else ""


def _is_person_wish(line: Line) -> bool:
    return read(line.text, expected_language="en").kind is Kind.WANTS_PERSON


def _shortened(text: str) -> str:
    """At most 400 characters, cut between words."""
    return text if len(text) <= _LONGEST_WISH else text[:_LONGEST_WISH].rsplit(" ", 1)[0] + " …"


def _language(customer: Sequence[Line], expected: str) -> str:
    """The language of the latest message long enough to tell."""
    telling = (line.text for line in reversed(customer) if len(words(line.text)) > 2)
    return detect(next(telling, ""), expected)


def _mood(customer: Sequence[Line]) -> str:
    """The most heated of the last three messages, with the words that show it."""
    moods = [mood_of(line.text) for line in customer[-3:]]
    worst = max(moods, key=lambda mood: mood.anger, default=None)
    return _MOODS[worst.anger] if worst else "calm"


def _promised(ours: Iterable[Line]) -> str:
    """The latest sentence in which we promised something."""
    latest = ""
    for line in ours:
        for sentence in sentences(line.text):
            if _PROMISE.search(plain(sentence)):
                latest = sentence
    return _shortened(latest)


def _next_step(reason: Reason, facts: Sequence[KnownFact], language: str) -> str:
    first = _FIRST_STEPS.get(reason, "").format(language=language)
    by_name = {fact.name: fact.value for fact in reversed(facts)}
    second = next(
        (
            f"look up {label} {by_name[name]}"
            for name, label in (
                ("order_number", "order"),
                ("tracking_number", "parcel"),
                ("invoice_number", "invoice"),
                ("reference", "reference"),
            )
            if name in by_name
        ),
        "",
    )
    if not second and reason is Reason.OWN_CASE:
        second = "ask for the order number: none was given"
    step = ", then ".join(part for part in (first, second) if part) or "answer the question above"
    return f"{step[0].upper()}{step[1:]}."
