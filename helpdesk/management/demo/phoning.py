"""A call of the demo's past: who is on the line, what is said there, and how it ends."""

from __future__ import annotations

from ai_tier1 import voice_and_tone
from conversations.actions import calls, speaking
from conversations.actions.files import ArrivedFile
from conversations.actions.replying import Outgoing
from conversations.models import Call, Channel, Message
from customers.actions.resolving import Address
from helpdesk.management.demo import recordings, shop
from helpdesk.management.demo.delivered import deliver
from helpdesk.management.demo.script import Answered, Leaves


def begin(channel: Channel, caller: Address | None, call_id: str) -> Call:
    """The call of this id, made with the first thing said in it; a withheld number has no caller."""
    shown = (caller.address, caller.as_seen) if caller else ("", "")
    return calls.start(channel, call_id, address=shown[0], address_as_seen=shown[1])


def arrive(message: Message, *, fails: str = "") -> None:
    """What was written is said to whoever is on the line, and delivered anywhere else."""
    if message.call is None:
        deliver(message, fails=fails)
    else:
        speaking.speak(message.call)


def voicemail(step: Leaves, name: str) -> tuple[str, ArrivedFile]:
    """The words and the file of a message left after the tone."""
    return f"Voicemail, {step.seconds // 60}:{step.seconds % 60:02}", recordings.left(name, step.seconds)


def spoken(step: Answered, call: Call, language: str) -> Outgoing:
    """An answer as the tier-1 says it: in short, with the whole of it kept."""
    said = Message.objects.filter(call=call, author_kind=Message.AuthorKind.AI)
    lines = voice_and_tone.spoken_framing(
        language, brand=shop.BRAND, is_first=not said.exists(), is_offer=step.decision == "offer"
    )
    text = " ".join(part for part in (lines.opening, step.text, lines.closing) if part)
    return Outgoing(text, channel=call.channel, call=call, full_text=step.full_text)
