"""What a message is, before anything is searched. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ai_tier1.known_facts import known_facts
from ai_tier1.languages import detect
from ai_tier1.mood import Anger, mood_of
from ai_tier1.own_case import OwnCase, own_case
from ai_tier1.plain_words import plain, words
from ai_tier1.wants_person import wants_person


class Kind(StrEnum):
    """The kinds of input; only questions and statements are answered from the knowledge."""

    EMPTY = "empty"
    STOP = "stop"
    CODE = "code"
    REACTION = "reaction"
    GREETING = "greeting"
    THANKS = "thanks"
    CLOSER = "closer"
    NUDGE = "nudge"
    WANTS_PERSON = "wants_person"
    QUESTION = "question"
    STATEMENT = "statement"

    @property
    def is_searched(self) -> bool:
        """Whether the knowledge is asked about it."""
        return self in {Kind.QUESTION, Kind.STATEMENT}


@dataclass(frozen=True, slots=True)
class CameIn:
    """One message, or one burst of them, understood as far as words alone allow."""

    kind: Kind
    language: str
    anger: Anger = Anger.CALM
    own_case: OwnCase = OwnCase.NONE

    @property
    def wants_person(self) -> bool:
        """Whether the writer asks for a person."""
        return self.kind is Kind.WANTS_PERSON


_STOP = re.compile(
    r"^(?:stop|stopall|stop all|unsubscribe|optout|opt out|start|unstop|abmelden|stopp|arr[eê]t(?:er)?|baja|alto)$"
)
_CODE = re.compile(r"^(?:(?:my |the |your )?(?:code|pin)(?: is|:)? ?)?(?:[a-z]-)?(\d{4,8}|\d{3}[ -]\d{3})$")
_GREETING = re.compile(
    r"^(?:hi+|hey+|hello+|hallo+|helo|yo|hiya|howdy|good (?:morning|afternoon|evening|day)|morning|evening|"
    r"guten (?:tag|morgen|abend)|moin(?: moin)?|servus|gr[uü](?:ß|ss) gott|"
    r"bonjour|bonsoir|salut|coucou|hola|buen[oa]s(?: (?:d[ií]as|tardes|noches))?|ciao|buongiorno|ol[aá]|hoi|goedendag)"
    r"(?: (?:there|all|everyone|team|you|zusammen|à tous|a todos|again))?(?: how are you| how r u|"
    r" wie geht'?s| ça va| qu[eé] tal)?$"
)
_THANKS_WORDS = (
    r"(?:thanks|thank you|thx|ty|tysm|cheers|many thanks|much appreciated|appreciate it|"
    r"danke(?: schön| sehr)?|dankeschön|vielen dank|besten dank|merci(?: beaucoup| bien)?|"
    r"(?:muchas )?gracias|grazie|obrigad[oa]|bedankt|dank je)"
)
_PLEASED = (
    r"(?:(?:that|this|it)(?:'s| is| has| was)? ?(?:helped|helps|helpful|great|perfect|brilliant|all|all i needed|"
    r"good|works|worked|solved)|"
    r"so much|very much|a lot|again|for (?:the|your) (?:help|quick \S+|reply|answer|info\w*)|for (?:that|helping|"
    r"everything)|"
    r"das (?:hat geholfen|war'?s|hilft)|c'est (?:parfait|bon|tout)|eso es todo|perfect|great|super|perfekt|parfait|"
    r"perfecto|"
    r"ok|okay|got it|will do|bye|have a (?:good|nice|great|lovely) (?:day|one|evening|weekend))"
)
_THANKS = re.compile(
    r"^(?:(?:ok|okay|great|perfect|super|ah|oh|yes|no|got it|brilliant|lovely|alright|"
    rf"cool)[ ]?)*{_THANKS_WORDS}(?: {_PLEASED}| {_THANKS_WORDS})*$"
)
_CLOSER = re.compile(
    r"^(?:ok+|okay|k|kk|alright|all right|fine|great|perfect|cool|super|good|got it|understood|i see|will do|sure|"
    r"yes|yep|no|nope|"
    r"bye+|bye bye|goodbye|see you|cya|take care|have a (?:good|nice|great|lovely) (?:day|one|evening|weekend)|"
    r"no problem|never ?mind|that'?s all|that is all|nothing else|all good|it works(?: now)?|solved|sorted|done|"
    r"tsch[uü](?:ß|ss)|auf wiedersehen|alles klar|passt|in ordnung|erledigt|ja|nein|"
    r"au revoir|d'accord|[cç]a marche|c'est bon|oui|non|adi[oó]s|vale|de acuerdo|hasta luego|s[ií])"
    r"(?: (?:ok|okay|great|perfect|bye|then|thanks|alles klar|merci|gracias|danke|cool))*$"
)
_NUDGE = re.compile(
    r"^(?:(?:hello|hi|hey) )?(?:are you (?:still )?there|(?:is )?any(?:body|one) (?:still )?there|still there|"
    r"you there|any (?:news|update|reply|response|answer)s?|"
    r"(?:i'?m|i am) (?:still )?waiting|waiting|please (?:answer|reply|respond)|why (?:is nobody|does nobody|"
    r"no one) answer(?:ing)?|up|bump|"
    r"noch da|sind sie (?:noch )?da|jemand da|ist (?:da )?jemand da|vous [eê]tes l[aà]|il y a quelqu'un|"
    r"hay alguien(?: ah[ií])?|sigue ah[ií])$"
)
_QUESTION_WORD = re.compile(
    r"\b(?:how|what|when|where|which|who|why|whose|can|could|do|does|is|are|will|would|may|should|"
    r"wie|was|wann|wo|welche\w*|wer|warum|kann|können|gibt|"
    r"comment|quand|où|quel\w*|qui|pourquoi|combien|est-ce|peut|"
    r"c[oó]mo|cu[aá]ndo|d[oó]nde|qu[eé]|qui[eé]n|cu[aá]nto\w*|puedo|hay)\b"
)
_FRAME = re.compile(r"[^\w' ß-]+")
_REACTION_QUOTE = re.compile(
    r"^(?:liked|loved|laughed at|emphasi[sz]ed|disliked|questioned|reacted \S{1,8} to|"
    r"gefällt|mag|a aimé|le gustó) [\"“„«]"
)


def read(text: str, *, expected_language: str, has_attachment: bool = False) -> CameIn:
    """Understand one message. A wish for a person beats every other kind."""
    mood = mood_of(text)
    if wants_person(text):
        return CameIn(Kind.WANTS_PERSON, detect(text, expected_language), mood.anger)
    kind = _kind(text, has_attachment=has_attachment)
    if not kind.is_searched:
        return CameIn(kind, expected_language, mood.anger)
    references = {"order_number", "invoice_number", "tracking_number"}
    has_reference = any(fact.name in references for fact in known_facts(text))
    return CameIn(
        kind=kind,
        language=detect(text, expected_language),
        anger=mood.anger,
        own_case=own_case(text, has_reference=has_reference),
    )


def _kind(text: str, *, has_attachment: bool) -> Kind:
    words_said = plain(text)
    if not words_said:
        return Kind.STATEMENT if has_attachment else Kind.EMPTY
    if not any(letter.isalnum() for letter in words_said):
        # Question marks alone press for an answer; hearts and thumbs do not.
        return Kind.NUDGE if "?" in words_said else Kind.REACTION
    if _REACTION_QUOTE.match(words_said):
        return Kind.REACTION
    bare = " ".join(_FRAME.sub(" ", words_said).split())
    for kind, pattern in (
        (Kind.STOP, _STOP),
        (Kind.CODE, _CODE),
        (Kind.NUDGE, _NUDGE),
        (Kind.GREETING, _GREETING),
        (Kind.THANKS, _THANKS),
        (Kind.CLOSER, _CLOSER),
    ):
        if pattern.match(bare):
            return kind
    is_question = "?" in text[-400:] or bool(_QUESTION_WORD.search(words_said)) or len(words(text)) <= 4
    return Kind.QUESTION if is_question else Kind.STATEMENT
