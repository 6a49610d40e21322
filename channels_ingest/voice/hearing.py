"""What a caller's few words mean at the place in the script where they were said. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

# Below this much certainty the recogniser only guessed; agents see a mark below the second.
NOT_UNDERSTOOD_BELOW = 0.3
UNSURE_BELOW = 0.5


class At(StrEnum):
    """A place in the script: what the caller was last asked."""

    ASK = "ask"  # what is it about?
    OFFER = "offer"  # shall I text it to you?
    MORE = "more"  # anything else?
    LEAVE = "leave"  # a message after the tone, or a call back?
    RECORDED = "recorded"  # the tone has sounded


class Heard(StrEnum):
    """What came back."""

    NOTHING = "nothing"
    WORDS = "words"
    UNCLEAR = "unclear"
    PERSON = "person"
    YES = "yes"
    NO = "no"
    GOODBYE = "goodbye"
    CALL_BACK = "call_back"
    RECORDING = "recording"


# Recorded, and not for the tier-1: they answer our question and ask nothing.
CHOICES = frozenset({Heard.YES, Heard.NO, Heard.GOODBYE, Heard.UNCLEAR})

_POLITE = r"(?:(?:,? )?(?:please|thanks?|thank you|bitte|danke|merci|s'il vous pla[iî]t|gracias|por favor))*"
_YES = re.compile(
    rf"(?:yes|yeah|yep|yup|sure|ok|okay|please do|go ahead|of course|absolutely|do that|text (?:it|me)|send (?:it|me)|"
    rf"ja|gerne|klar|natürlich|mach(?:en sie)? das|schick(?:en sie)?(?: es)?(?: mir)?|"
    rf"oui|d'accord|volontiers|bien s[uû]r|"
    rf"s[ií]|claro|vale|de acuerdo|por supuesto)"
    rf"(?:,? (?:yes|sure|gerne|klar|volontiers|claro|ja|oui|s[ií]|go ahead|do that))?{_POLITE}"
)
_NO = re.compile(
    rf"(?:no|nope|nah|not now|no need|don't|nein|nee|nicht nötig|non|pas la peine|no hace falta)"
    rf"(?:,? (?:it's fine|that's fine|i'm fine|i'm good))?{_POLITE}"
)
_GOODBYE = re.compile(
    rf"(?:no,? )?(?:(?:good)?bye(?: bye)?|that's all|that is all|that was all|that's it|nothing else|i'm done|"
    rf"auf wiederhören|tschüss|das (?:war|ist) alles|nein,? das war'?s?|au revoir|c'est tout|"
    rf"adi[oó]s|eso es todo|nada más){_POLITE}(?:,? (?:goodbye|bye))?"
)
_CALL_BACK = re.compile(
    r"\b(?:call(?:ing)? (?:me )?back|callback|call me|ring (?:me )?back|phone me|rückruf|zurückrufen|rufen sie mich|"
    r"rappele[rz]|rappel|ll[aá]m[ae]n?me|devolver la llamada)\b"
)
_THANKS = re.compile(rf"(?:great|perfect|super|ok|okay|no)?,? ?(?:thanks|thank you|danke|merci|gracias)[ \w]*{_POLITE}")


def hear(at: str, *, words: str = "", digits: str = "", confidence: float | None = None) -> Heard:
    """The meaning of what was said or pressed. Anything longer than a choice is a question of its own."""
    if digits:
        return _pressed(at, digits)
    plain = " ".join(re.sub(r"[.!?¡¿]+", " ", words.lower().replace("’", "'")).split()).strip(" ,")
    if not plain:
        return Heard.NOTHING
    if at == At.LEAVE and _CALL_BACK.search(plain):
        return Heard.CALL_BACK
    if _GOODBYE.fullmatch(plain) or (at == At.MORE and _THANKS.fullmatch(plain)):
        return Heard.GOODBYE
    if at in (At.OFFER, At.MORE, At.LEAVE):
        if _YES.fullmatch(plain):
            return Heard.YES
        if _NO.fullmatch(plain):
            return Heard.NO
    if confidence is not None and confidence < NOT_UNDERSTOOD_BELOW:
        return Heard.UNCLEAR
    return Heard.WORDS


def _pressed(at: str, digits: str) -> Heard:
    if "0" in digits[:1]:
        return Heard.PERSON
    choices = {
        (At.OFFER, "1"): Heard.YES,
        (At.OFFER, "2"): Heard.NO,
        (At.LEAVE, "1"): Heard.CALL_BACK,
    }
    return choices.get((At(at) if at in set(At) else At.ASK, digits[:1]), Heard.NOTHING)
