"""What each kind of channel can do. Composer, tier-1 and delivery ask here; nothing tests ``kind == "sms"``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from conversations import file_kinds
from conversations.file_rules import FileRules


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """The abilities of one kind. Lengths are characters, sizes bytes."""

    kind: str
    label: str
    # Kinds of identity that this channel can reach.
    reaches: tuple[str, ...]
    max_characters: int
    is_rich: bool = False
    # What files one message may carry; None where it carries none.
    files: FileRules | None = None
    has_subject: bool = False
    # One message may go to several people, who see each other (To, Cc) or not (Bcc).
    has_recipients: bool = False
    has_typing: bool = False
    has_read_receipts: bool = False
    # Delivered by our own socket: no provider in between, nothing to wait for.
    is_own: bool = False
    # How long to wait for the rest of what somebody is writing before the tier-1 answers.
    burst: timedelta = timedelta(seconds=3)
    # Counted in SMS segments.
    is_segmented: bool = False
    # How much an automatic answer may say: characters, with a greeting and sign-off or not.
    answer_characters: int = 600
    is_letter: bool = False
    # At most this many sentences of an automatic answer; 0 where characters alone decide.
    answer_sentences: int = 0
    # Said aloud in a live call: written to nobody else, taken by the call itself and not by the outbox.
    is_spoken: bool = False
    # What was said in a call may follow here, to the same number, if the caller wants it.
    follows_calls: bool = False
    # Never chosen by itself for somebody who did not write here: only by an agent.
    is_by_choice: bool = False
    # "Delivered" says that a server took it; it may come back later.
    may_come_back: bool = False
    # What a visitor did not see in the chat any more may follow here, to an address proved in that chat.
    takes_unseen: bool = False
    # Somebody is there to pick from a choice; by mail or text a question back costs a round.
    suits_choices: bool = False
    # STOP, START and HELP count as wishes here.
    takes_keywords: bool = False
    # Carriers answer HELP themselves where we have no text for it.
    answers_help: bool = False
    # It rings or buzzes: quiet hours make sense.
    disturbs: bool = False
    # The provider keeps approved templates, which may be sent outside the reply window too.
    has_templates: bool = False
    # How long an agent's message waits before it leaves, so that it can be taken back. Where somebody waits for it
    # at the other end, it does not.
    undo: timedelta = timedelta(0)
    # Whether a message can be scheduled; what is said in a call can't.
    takes_later: bool = True
    # How many automatic messages one address or thread gets within an hour; None where only people are there.
    automatic_per_hour: int | None = None
    # How long a message waits for a provider that is away, before it is given up and its writer told.
    patience: timedelta = timedelta(hours=4)
    # How long after the customer's last message we may write freely; None where always.
    reply_window: timedelta | None = None

    @property
    def takes_attachments(self) -> bool:
        """Whether any file can go along."""
        return self.files is not None


KINDS = {
    kind.kind: kind
    for kind in (
        ChannelKind(
            "chat",
            "Chat",
            ("visitor",),
            4000,
            files=file_kinds.CHAT,
            has_typing=True,
            has_read_receipts=True,
            is_own=True,
            suits_choices=True,
            burst=timedelta(seconds=1.5),
        ),
        ChannelKind(
            "email",
            "Email",
            ("email",),
            200_000,
            is_rich=True,
            files=file_kinds.MAIL,
            patience=timedelta(hours=48),
            has_subject=True,
            has_recipients=True,
            undo=timedelta(seconds=8),
            burst=timedelta(seconds=4),
            answer_characters=3000,
            is_letter=True,
            may_come_back=True,
            takes_unseen=True,
            automatic_per_hour=6,
        ),
        ChannelKind(
            "sms",
            "SMS",
            ("phone",),
            1600,
            files=file_kinds.MMS,
            is_segmented=True,
            takes_keywords=True,
            answers_help=True,
            disturbs=True,
            undo=timedelta(seconds=3),
            burst=timedelta(seconds=4),
            answer_characters=306,
            follows_calls=True,
            is_by_choice=True,
            automatic_per_hour=12,
        ),
        ChannelKind(
            "whatsapp",
            "WhatsApp",
            ("phone", "whatsapp_user"),
            # Meta takes 4,096, Twilio 1,600.
            1600,
            files=file_kinds.WHATSAPP,
            has_read_receipts=True,
            suits_choices=True,
            reply_window=timedelta(hours=24),
            takes_keywords=True,
            disturbs=True,
            has_templates=True,
            undo=timedelta(seconds=3),
            burst=timedelta(seconds=4),
            automatic_per_hour=20,
        ),
        ChannelKind(
            "phone",
            "Phone",
            ("phone",),
            1000,
            # The caller waits.
            burst=timedelta(0),
            answer_characters=340,
            answer_sentences=2,
            is_spoken=True,
            takes_later=False,
            is_by_choice=True,
        ),
    )
}


def of(kind: str) -> ChannelKind:
    """The abilities of a kind by its name."""
    return KINDS[kind]


def following_calls() -> list[str]:
    """The kinds on which what was said in a call may follow."""
    return [kind.kind for kind in KINDS.values() if kind.follows_calls]


def own() -> list[str]:
    """The kinds that our own windows show."""
    return [kind.kind for kind in KINDS.values() if kind.is_own]


def spoken() -> list[str]:
    """The kinds whose messages are said aloud."""
    return [kind.kind for kind in KINDS.values() if kind.is_spoken]


def choices() -> list[tuple[str, str]]:
    """For model fields and forms."""
    return [(kind.kind, kind.label) for kind in KINDS.values()]
