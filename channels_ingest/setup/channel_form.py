"""The form of a channel: its name and place, the adapter's own fields, and how a chat looks."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.connecting import Entered
from channels_ingest.models import Connection
from channels_ingest.setup import connection_fields, pasted
from channels_ingest.setup.connection_fields import CleanText, Lines, Row
from conversations import channel_kinds
from conversations.actions.channels import ChannelDraft
from conversations.models import Channel, Desk
from helpdesk.accounts.models import Team, User

DEFAULT_COLOUR = "#2f6f4f"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
MOST_SITES = 50
LOOK = ("greeting", "expectation", "mails_after_minutes", "color", "sites")
LONGEST_WAIT_MINUTES = 240
MANNERS = ("help_text", "quiet_from", "quiet_until")
MOST_ALIASES = 100


class ChannelForm(forms.Form):
    """Made for one adapter; the connection's stored values stand in it, its secrets never do."""

    name = CleanText(
        max_length=80,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As your team knows it, such as “Help mailbox”."),
        error_messages={"required": gettext_lazy("Give the channel a name your team will know it by.")},
    )
    desk = forms.ModelChoiceField(
        Desk.objects.none(),
        label=gettext_lazy("Desk"),
        empty_label=None,
        help_text=gettext_lazy("Conversations never cross from one desk to another."),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("Nobody in particular"),
        help_text=gettext_lazy("Who gets a new conversation if nothing else decides."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), help_text=gettext_lazy("Spoken until a customer writes in another.")
    )
    is_answered = forms.BooleanField(
        required=False,
        label=gettext_lazy("The assistant answers by itself"),
        help_text=gettext_lazy("From published articles; what it can't answer it hands to your team."),
    )

    def __init__(
        self,
        adapter: type[ChannelAdapter],
        person: User,
        data: Any = None,
        *,
        connection: Connection | None = None,
        is_answered: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(connection, is_answered=is_answered))
        self.adapter, self.connection = adapter, connection
        self.kind = channel_kinds.of(adapter.channel_kind)
        channel = connection.channel if connection else None
        desks = Desk.objects.visible_to(person)
        self._choice("desk").queryset = desks.order_by("-is_default", "name")
        self._choice("team").queryset = Team.objects.order_by("name")
        if channel is None:
            self.initial["desk"] = desks.order_by("-is_default", "name").first()
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = languages(channel)
        self._stored = {**connection.settings, **connection.credentials} if connection else {}
        if self.kind.is_own:
            self.fields.update(_appearance_fields(channel))
        else:
            self.fields["address"] = _address_field(self.kind)
        if self.kind.takes_keywords or self.kind.disturbs:
            self.fields.update(_manners_fields(self.kind, channel))
        if self.kind.has_recipients:
            self.fields.update(_mail_fields(channel))
        self.fields.update(connection_fields.form_fields(adapter.fields, self._stored))

    # --- For the page

    @property
    def place_rows(self) -> list[forms.BoundField]:
        """What every channel has."""
        return [
            self[name]
            for name in ("name", "address", "aliases", "desk", "team", "language", "signature")
            if name in self.fields
        ]

    @property
    def look_rows(self) -> list[forms.BoundField]:
        """How a chat looks; empty on other kinds."""
        return [self[name] for name in LOOK if name in self.fields]

    @property
    def manners_rows(self) -> list[forms.BoundField]:
        """HELP and quiet hours; empty on kinds that know neither."""
        return [self[name] for name in MANNERS if name in self.fields]

    @property
    def connection_rows(self) -> list[Row]:
        """What the adapter always asks for."""
        return [row for row in self._rows() if not row.spec.is_advanced]

    @property
    def advanced_rows(self) -> list[Row]:
        """What it asks for in uncommon set-ups."""
        return [row for row in self._rows() if row.spec.is_advanced]

    @property
    def has_advanced_errors(self) -> bool:
        """Whether the folded part has to stand open."""
        return any(row.control.errors for row in self.advanced_rows)

    def _rows(self) -> list[Row]:
        rows = []
        for spec in self.adapter.fields:
            secret = self._stored.get(spec.name) if spec.is_secret else None
            removing = connection_fields.REMOVE + spec.name
            rows.append(
                Row(
                    spec,
                    self[connection_fields.PREFIX + spec.name],
                    is_kept=bool(secret),
                    ending=connection_fields.ending_of(secret),
                    remove=self[removing] if removing in self.fields else None,
                )
            )
        return rows

    # --- What was entered

    def clean_address(self) -> str:
        """In one spelling, so that the same address is never two channels."""
        text = str(self.cleaned_data["address"])
        is_mail = "email" in self.kind.reaches
        address = pasted.mail_address(text) if is_mail else pasted.phone_number(text)
        if address is None and is_mail:
            raise forms.ValidationError(_("Enter one mail address, such as help@example.com."))
        if address is None:
            raise forms.ValidationError(_("Enter the number with + and its country code, such as +44 20 7946 0000."))
        return address

    def clean_aliases(self) -> list[str]:
        """Each in one spelling, none twice, and not the main one."""
        found = []
        for line in self.cleaned_data["aliases"][: MOST_ALIASES + 1]:
            address = pasted.mail_address(line)
            if address is None:
                raise forms.ValidationError(
                    _("“%(line)s” is no mail address. Write one a line, such as orders@example.com."),
                    params={"line": line[:80]},
                )
            found.append(address)
        if len(found) > MOST_ALIASES:
            raise forms.ValidationError(_("At most 100 further addresses."))
        return [one for one in dict.fromkeys(found) if one != self.cleaned_data.get("address")]

    def clean_signature(self) -> str:
        """Without blank lines around it."""
        return str(self.cleaned_data["signature"]).strip()

    def clean_color(self) -> str:
        """Six hexadecimal digits: it becomes part of a style."""
        if not _COLOUR.match(self.cleaned_data["color"]):
            raise forms.ValidationError(_("Choose a colour, or write it as # and six digits, such as #2f6f4f."))
        return str(self.cleaned_data["color"]).lower()

    def clean_sites(self) -> list[str]:
        """Origins: they become part of a security policy."""
        found = []
        for line in self.cleaned_data["sites"][: MOST_SITES + 1]:
            origin = pasted.site(line)
            if origin is None:
                raise forms.ValidationError(
                    _("“%(line)s” is not a site. Write it as https://www.example.com, one a line."),
                    params={"line": line[:80]},
                )
            found.append(origin)
        if len(found) > MOST_SITES:
            raise forms.ValidationError(
                _("At most 50 sites. A star stands for all of a domain: https://*.example.com.")
            )
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        """Quiet hours need both ends."""
        cleaned = super().clean() or {}
        ends = [name for name in ("quiet_from", "quiet_until") if name in self.fields and not self.errors.get(name)]
        given = [name for name in ends if cleaned.get(name)]
        if len(ends) == 2 and len(given) == 1:
            missing = next(name for name in ends if name not in given)
            self.add_error(missing, _("Give both times, or neither."))
        return cleaned

    def draft(self) -> ChannelDraft:
        """The channel as entered."""
        kept: dict[str, object] = dict(self.connection.channel.appearance) if self.connection else {}
        look: dict[str, object] = {
            name: self.cleaned_data[name]
            for name in ("greeting", "expectation", "color", "sites")
            if name in self.fields
        }
        return ChannelDraft(
            name=self.cleaned_data["name"],
            desk=self.cleaned_data["desk"],
            address=self.cleaned_data.get("address", ""),
            aliases=tuple(self.cleaned_data.get("aliases", ())),
            signature=self.cleaned_data.get("signature", ""),
            team=self.cleaned_data["team"],
            language=self.cleaned_data["language"],
            appearance={**kept, **look},
            help_text=self.cleaned_data.get("help_text", ""),
            quiet_from=self.cleaned_data.get("quiet_from"),
            quiet_until=self.cleaned_data.get("quiet_until"),
            mails_after_minutes=self.cleaned_data.get("mails_after_minutes"),
        )

    def entered(self) -> Entered:
        """The connection as entered."""
        return Entered(connection_fields.values_of(self.adapter.fields, self.cleaned_data))

    def _choice(self, name: str) -> Any:
        return self.fields[name]


def _initial(connection: Connection | None, *, is_answered: bool) -> dict[str, Any]:
    if connection is None:
        return {"language": settings.LANGUAGE_CODE, "is_answered": is_answered}
    channel = connection.channel
    return {
        "name": channel.name,
        "address": channel.address,
        "desk": channel.desk_id,
        "team": channel.team_id,
        "language": channel.language,
        "is_answered": is_answered,
    }


def languages(channel: Channel | None) -> list[tuple[str, Any]]:
    """The languages to choose from, the channel's own among them."""
    known = [(code, name) for code, name in settings.LANGUAGES if len(code) == 2]
    if channel is not None and channel.language not in dict(known):
        known.append((channel.language, channel.language))
    return sorted(known, key=lambda one: str(one[1]))


def _address_field(kind: channel_kinds.ChannelKind) -> forms.Field:
    is_mail = "email" in kind.reaches
    label = _("Mail address") if is_mail else _("Phone number")
    help_text = (
        _("The address customers write to.") if is_mail else _("With + and country code, as customers reach it.")
    )
    missing = _("Enter the mail address customers write to.") if is_mail else _("Enter the number customers reach.")
    kind_of_keys = "email" if is_mail else "tel"
    return CleanText(
        max_length=320,
        label=label,
        help_text=help_text,
        error_messages={"required": missing},
        widget=forms.TextInput(attrs={"inputmode": kind_of_keys, "autocomplete": "off", "spellcheck": "false"}),
    )


def _manners_fields(kind: channel_kinds.ChannelKind, channel: Channel | None) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    if kind.takes_keywords:
        answered = _("Leave it empty where your provider answers HELP itself.")
        unanswered = _("Without a text, HELP comes to your team like any message.")
        found["help_text"] = CleanText(
            max_length=320,
            required=False,
            initial=channel.help_text if channel else "",
            label=_("Answer to HELP"),
            help_text=_("Sent to whoever writes HELP and nothing else: who you are, and how to stop.")
            + " "
            + (answered if kind.answers_help else unanswered),
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    if kind.disturbs:
        wants = {
            "quiet_from": (_("Quiet from"), _("In the desk's time. Advertisements and unasked words wait.")),
            "quiet_until": (_("Quiet until"), _("Then they go, if they still may. Your team's own words never wait.")),
        }
        for name, (label, help_text) in wants.items():
            found[name] = forms.TimeField(
                required=False,
                initial=getattr(channel, name) if channel else None,
                label=label,
                help_text=help_text,
                error_messages={"invalid": _("Write a time, such as 21:00.")},
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )
    return found


def _mail_fields(channel: Channel | None) -> dict[str, forms.Field]:
    return {
        "aliases": Lines(
            max_length=20_000,
            required=False,
            initial="\n".join(channel.aliases if channel else []),
            label=_("Further addresses"),
            help_text=_("Mail to them arrives here too, and is answered from the one it was sent to. One a line."),
        ),
        "signature": CleanText(
            max_length=2_000,
            required=False,
            initial=channel.signature if channel else "",
            label=_("Signature"),
            help_text=_(
                "Set under what your team writes; {agent} stands for the writer's name, {brand} for the desk's."
            ),
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
    }


def _appearance_fields(channel: Channel | None) -> dict[str, forms.Field]:
    look = channel.appearance if channel else {}
    return {
        "greeting": CleanText(
            max_length=300,
            required=False,
            initial=look.get("greeting", ""),
            label=_("Greeting"),
            help_text=_("The first thing a visitor reads."),
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
        "expectation": CleanText(
            max_length=120,
            required=False,
            initial=look.get("expectation", ""),
            label=_("What to expect"),
            help_text=_("An honest word on how soon people answer, such as “We usually answer within 3 minutes.”"),
        ),
        "mails_after_minutes": forms.IntegerField(
            required=False,
            min_value=1,
            max_value=LONGEST_WAIT_MINUTES,
            initial=channel.mails_after_minutes if channel else 3,
            label=_("Mail what was not seen after (minutes)"),
            help_text=_(
                "What your team writes once a visitor has left goes to the mail address that was proved in the chat. "
                "Empty: never."
            ),
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        ),
        "color": CleanText(
            max_length=7,
            initial=look.get("color", DEFAULT_COLOUR),
            label=_("Colour"),
            help_text=_("Of the button and your visitors' messages. We keep its text readable."),
            widget=forms.TextInput(attrs={"type": "color"}),
        ),
        "sites": Lines(
            max_length=5_000,
            required=False,
            initial="\n".join(look.get("sites", [])),
            label=_("Sites that may show it"),
            help_text=_("One a line, such as https://www.example.com. Empty: any site."),
        ),
    }
