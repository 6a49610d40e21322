"""An answer that is said aloud: two sentences at most, and the whole of it kept to follow as a text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ai_tier1 import answering, voice_and_tone
from ai_tier1.answering import Answer, Form, Similarity, Source
from ai_tier1.voice_and_tone import Framing
from conversations.spoken import speakable

if TYPE_CHECKING:
    from ai_tier1.thinking import Inquiry

# What a text of several parts may hold and still be read.
FULL_CHARACTERS = 900
_BARE = Framing()


def answer(
    inquiry: Inquiry, sources: Sequence[Source], language: str, *, is_offer: bool, similarity: Similarity
) -> Answer | None:
    """The spoken answer, or None where no part of it may be said alone and it can't follow as a text."""
    kind = inquiry.channel_kind
    short = Form(kind.answer_characters, max_sentences=kind.answer_sentences)
    said = answering.answer(inquiry.question, sources, short, _BARE, similarity=similarity)
    whole = answering.answer(inquiry.question, sources, Form(FULL_CHARACTERS), _BARE, similarity=similarity)
    full_text = whole.text if whole else ""
    if said is None:
        if whole is None or not inquiry.can_follow_as_text:
            return None
        said = replace(whole, text=voice_and_tone.phrases(language, is_spoken=True).too_long, is_complete=False)
    framing = voice_and_tone.spoken_framing(language, brand=inquiry.brand, is_first=inquiry.is_first, is_offer=is_offer)
    parts = (framing.opening, speakable(said.text, language), framing.closing)
    return replace(said, text=" ".join(part for part in parts if part), full_text=full_text)
