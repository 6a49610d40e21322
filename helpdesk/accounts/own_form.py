"""The form of what a person sets for herself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext_lazy as ngettext

from helpdesk.accounts.models import User

AS_SUITS = ""


def _seconds(text: str) -> int | None:
    return None if text == AS_SUITS else int(text)


class OwnForm(forms.Form):
    """How the product looks and behaves for one person alone."""

    undo_seconds = forms.TypedChoiceField(
        required=False,
        coerce=_seconds,
        empty_value=None,
        label=gettext_lazy("Undo send"),
        help_text=gettext_lazy(
            "How long a reply waits before it leaves, so that you can take it back. In chat and on the phone, where "
            "somebody waits at the other end, it never does."
        ),
        choices=[
            (AS_SUITS, gettext_lazy("As suits the channel: mail 8, SMS and WhatsApp 3 seconds")),
            ("0", gettext_lazy("Off: replies leave at once")),
            *((str(one), ngettext("%d second", "%d seconds", one) % one) for one in User.UNDO_SECONDS if one),
        ],
    )
    theme = forms.ChoiceField(choices=User.Theme.choices, label=gettext_lazy("Light or dark"))
    has_single_keys = forms.BooleanField(
        required=False,
        label=gettext_lazy("Single-key shortcuts"),
        help_text=gettext_lazy("Such as R to reply. Those with Ctrl remain."),
    )

    def __init__(self, person: User, data: Any = None) -> None:
        undo = person.undo_seconds
        super().__init__(
            data,
            initial={
                "undo_seconds": AS_SUITS if undo is None else str(undo),
                "theme": person.theme,
                "has_single_keys": person.has_single_keys,
            },
        )

    def keep(self, person: User) -> None:
        """Store what was entered."""
        for name, value in self.cleaned_data.items():
            setattr(person, name, value)
        person.save(update_fields=list(self.cleaned_data))
