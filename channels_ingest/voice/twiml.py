"""Documents that tell Twilio what a caller hears and what happens then. Pure; every text is data and escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.twiml.voice_response import Gather, VoiceResponse

from channels_ingest.voice.hearing import At
from channels_ingest.voice.lines import Line, text_of
from channels_ingest.voice.script import Step, Then

LONGEST_MESSAGE_SECONDS = 180
# After this much silence Twilio goes on.
SILENCE_SECONDS = 5
AFTER_OFFER_SECONDS = 3
# Twilio wants a region with a language.
_REGIONS = {"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "nl": "nl-NL"}
# What XML 1.0 can't hold, even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the documents of one channel point to, and the language they speak."""

    url: str
    language: str = "en"
    brand: str = ""

    def address(self, number: int, at: str, wait: int = 0) -> str:
        """Where the answer to turn ``number`` comes to."""
        query = {"turn": str(number), "at": at} | ({"wait": str(wait)} if wait else {})
        return f"{self.url}?{urlencode(query)}"


def document(step: Step, said: Sequence[str], place: Place, *, number: int, at: str, wait: int) -> str:
    """The document for one step of turn ``number``; the caller's answer to it is the next turn."""
    response = VoiceResponse()
    texts = [*said, *(text_of(line, place.language, brand=place.brand) for line in step.lines)]
    match step.then:
        case Then.LISTEN:
            _listen(response, texts, place, number + 1, step.listens_at)
        case Then.WAIT:
            _say(response, texts, place)
            response.redirect(place.address(number, at, wait + 1), method="POST")
        case Then.RECORD:
            _record(response, texts, place, number + 1)
        case Then.HANG_UP:
            _say(response, texts, place)
            response.hangup()
    return str(response)


def trouble(place: Place) -> str:
    """What is heard where something broke: an apology, and the tone. Needs nothing but the channel's address."""
    response = VoiceResponse()
    # A turn no call gets to, so that it stands beside those that worked.
    _record(response, [text_of(Line.TROUBLE, place.language)], place, 900)
    return str(response)


def voice_language(language: str) -> str:
    """A language as Twilio names it: "de" becomes "de-DE"."""
    return language if re.fullmatch(r"[a-z]{2,3}-[A-Za-z0-9-]{2,10}", language) else _REGIONS.get(language[:2], "en-GB")


def _listen(response: VoiceResponse, texts: Sequence[str], place: Place, number: int, at: At) -> None:
    is_leaving = at is At.LEAVE
    action = place.address(number, at)
    gather = Gather(
        input="speech dtmf",
        action=action,
        method="POST",
        language=voice_language(place.language),
        speech_timeout="auto",
        timeout=AFTER_OFFER_SECONDS if is_leaving else SILENCE_SECONDS,
        num_digits=1,
        barge_in=True,
        profanity_filter=False,
    )
    _say(gather, texts, place)
    response.append(gather)
    # Whoever says nothing comes on to what follows.
    if is_leaving:
        _record(response, [], place, number)
    else:
        response.redirect(action, method="POST")


def _record(response: VoiceResponse, texts: Sequence[str], place: Place, number: int) -> None:
    _say(response, texts, place)
    action = place.address(number, At.RECORDED)
    response.record(
        action=action,
        method="POST",
        max_length=LONGEST_MESSAGE_SECONDS,
        timeout=SILENCE_SECONDS,
        finish_on_key="#",
        play_beep=True,
        trim="trim-silence",
        recording_status_callback=f"{place.url}status/",
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )
    # Nothing was left: Twilio goes on here, without an action.
    response.redirect(action, method="POST")


def _say(verb: VoiceResponse | Gather, texts: Sequence[str], place: Place) -> None:
    text = " ".join(_FORBIDDEN.sub("", one).strip() for one in texts).strip()
    if text:
        verb.say(text, language=voice_language(place.language))
