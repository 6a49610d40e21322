"""From a question to a decision with its answer: the same way for a customer's Turn and for the playground."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ai_tier1 import answering, embeddings, policy, retrieval, spoken_answer, voice_and_tone, what_came_in
from ai_tier1.answering import Answer, Form, Source
from ai_tier1.confidence import confidence
from ai_tier1.known_facts import known_facts
from ai_tier1.models.knowledge import Article, Audience, Status
from ai_tier1.policy import Action, Decision, PolicyFacts, Reason
from ai_tier1.retrieval import Found, ScoredPassage
from ai_tier1.what_came_in import CameIn, Kind
from conversations.channel_kinds import ChannelKind

LANGUAGES_LAST_SECONDS = 20
# Beside an address of one's own there may be this many words before it is more than "reach me at …".
WORDS_AROUND_AN_ADDRESS = 10


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was asked, and all that bears on how it is answered."""

    question: str
    channel_kind: ChannelKind
    language: str
    brand: str
    earlier: tuple[str, ...] = ()
    name: str = ""
    is_first: bool = False
    has_unread_attachment: bool = False
    is_asked_again: bool = False
    # Whether the whole answer could follow a spoken one as a text.
    can_follow_as_text: bool = False


@dataclass(frozen=True, slots=True)
class Thought:
    """The decision and everything it rests on. ``text`` is empty where nothing is said."""

    decision: Decision
    came_in: CameIn
    language: str
    text: str = ""
    full_text: str = ""
    confidence: float = 0.0
    passages: tuple[ScoredPassage, ...] = ()
    citations: tuple[answering.Citation, ...] = ()
    milliseconds: int = 0


def think(inquiry: Inquiry) -> Thought:
    """Decide what to do about an inquiry. Needs the model in this process."""
    started = time.perf_counter()
    came_in = what_came_in.read(
        inquiry.question, expected_language=inquiry.language, has_attachment=inquiry.has_unread_attachment
    )
    thought = _only_an_address(inquiry, came_in) or _think(inquiry, came_in)
    return replace(thought, milliseconds=round((time.perf_counter() - started) * 1000))


def _only_an_address(inquiry: Inquiry, came_in: CameIn) -> Thought | None:
    """A phone number or mail address left with us is a claim to be proved, not a question."""
    given = [fact for fact in known_facts(inquiry.question) if fact.name in {"phone", "email"}]
    # "My number is …" is so short that it passes for a question.
    if not given or not came_in.kind.is_searched or "?" in inquiry.question:
        return None
    rest = inquiry.question
    for fact in sorted(given, key=lambda fact: -fact.start):
        rest = rest[: fact.start] + rest[fact.end :]
    if len(rest.split()) > WORDS_AROUND_AN_ADDRESS:
        return None
    return Thought(Decision(Action.NONE, Reason.NOT_FOR_US), came_in, inquiry.language)


def _think(inquiry: Inquiry, came_in: CameIn) -> Thought:
    languages = _knowledge_languages(int(time.monotonic() / LANGUAGES_LAST_SECONDS))
    facts = PolicyFacts(
        kind=came_in.kind,
        language=came_in.language,
        knowledge_languages=languages,
        anger=came_in.anger,
        own_case=came_in.own_case,
        is_asked_again=inquiry.is_asked_again,
        has_unread_attachment=inquiry.has_unread_attachment,
        can_ask=inquiry.channel_kind.suits_choices,
        has_passages=True,
    )
    speaks = came_in.language in languages or voice_and_tone.speaks(came_in.language)
    language = came_in.language if speaks else inquiry.language
    early = policy.decide(replace(facts, confidence=1.0))
    if not came_in.kind.is_searched or early.reason in {Reason.OTHER_LANGUAGE, Reason.UNREAD_ATTACHMENT}:
        return Thought(early, came_in, language, _said(early, inquiry, came_in, language, ()))
    found = retrieval.search(inquiry.question, language=came_in.language, earlier=inquiry.earlier)
    sure = confidence(found.signals)
    facts = replace(facts, confidence=sure, score_margin=found.signals.score_margin, has_passages=bool(found.passages))
    decision, answer = _answered(facts, inquiry, language, found)
    return Thought(
        decision=decision,
        came_in=came_in,
        language=language,
        text=answer.text if answer else _said(decision, inquiry, came_in, language, found.passages),
        full_text=answer.full_text if answer else "",
        confidence=sure,
        passages=found.passages,
        citations=answer.citations if answer else (),
    )


def _answered(facts: PolicyFacts, inquiry: Inquiry, language: str, found: Found) -> tuple[Decision, Answer | None]:
    decision = policy.decide(facts)
    if decision.action not in {Action.ANSWER, Action.OFFER}:
        return decision, None
    answer = _compose(inquiry, language, found.passages, is_offer=decision.action is Action.OFFER)
    if answer is None:
        return policy.decide(replace(facts, has_answer=False)), None
    return decision, answer


def _compose(inquiry: Inquiry, language: str, passages: Sequence[ScoredPassage], *, is_offer: bool) -> Answer | None:
    kind = inquiry.channel_kind
    best = [one for one in passages if one.article_id == passages[0].article_id]
    sources = [
        Source(one.article_id, one.slug, one.title, one.passage_id, one.heading, one.text, one.score) for one in best
    ]
    if kind.is_spoken:
        return spoken_answer.answer(inquiry, sources, language, is_offer=is_offer, similarity=_similarity)
    framing = _framing(inquiry, language, is_offer=is_offer)
    form = Form(kind.answer_characters, kind.is_rich, kind.is_letter, kind.is_segmented)
    return answering.answer(inquiry.question, sources, form, framing, similarity=_similarity)


def _framing(inquiry: Inquiry, language: str, *, is_offer: bool = False) -> voice_and_tone.Framing:
    return voice_and_tone.framing(
        language,
        brand=inquiry.brand,
        is_letter=inquiry.channel_kind.is_letter,
        is_short=inquiry.channel_kind.is_segmented,
        is_first=inquiry.is_first,
        is_offer=is_offer,
        name=inquiry.name,
    )


def _said(
    decision: Decision, inquiry: Inquiry, came_in: CameIn, language: str, passages: Sequence[ScoredPassage]
) -> str:
    """The words of a question back; a handoff's notice is written where the hours are known."""
    if decision.action is not Action.ASK:
        return ""
    is_spoken = inquiry.channel_kind.is_spoken
    if decision.reason is Reason.TWO_CLOSE:
        titles = list(dict.fromkeys(one.title for one in passages))[:2]
        words = voice_and_tone.choice(language, titles)
    else:
        is_nudge = came_in.kind is Kind.NUDGE
        words = voice_and_tone.greeting_reply(language, is_nudge=is_nudge, is_spoken=is_spoken)
    # Even a mere "hello" back may be the first automatic word on its channel, and has to say so. A call did so
    # when it was answered.
    closing = "" if is_spoken else _framing(inquiry, language).closing
    return "\n\n".join(part for part in (words, closing) if part)


def _similarity(question: str, texts: Sequence[str]) -> list[float]:
    vectors = embeddings.embed([question, *texts])
    return [embeddings.cosine(vectors[0], vector) for vector in vectors[1:]]


@lru_cache(maxsize=2)
def _knowledge_languages(_period: int) -> frozenset[str]:
    """Languages of what customers may read; looked up again every few seconds."""
    published = Article.objects.filter(status=Status.PUBLISHED, audience=Audience.PUBLIC)
    return frozenset(published.values_list("language", flat=True).distinct())
