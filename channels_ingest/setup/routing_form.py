"""Where a channel's conversations go."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django import forms

from channels_ingest.setup.channel_form import ChannelForm, languages
from conversations.models import Channel, Desk
from helpdesk.accounts.models import Team, User


class RoutingForm(forms.Form):
    """The same questions as on the channel's own form, by themselves."""

    def __init__(self, channel: Channel, person: User, data: Any = None, *, is_answered: bool) -> None:
        initial = {
            "desk": channel.desk_id,
            "team": channel.team_id,
            "language": channel.language,
            "is_answered": is_answered,
        }
        super().__init__(data, initial=initial)
        for name in initial:
            self.fields[name] = deepcopy(ChannelForm.base_fields[name])
        self._choice("desk").queryset = Desk.objects.visible_to(person).order_by("-is_default", "name")
        self._choice("team").queryset = Team.objects.order_by("name")
        self._choice("language").choices = languages(channel)

    @property
    def rows(self) -> list[forms.BoundField]:
        """All but the switch."""
        return [self[name] for name in ("desk", "team", "language")]

    def _choice(self, name: str) -> Any:
        return self.fields[name]
