"""Form fields made from what an adapter says its connection needs, whatever the adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.setup import pasted

PREFIX, REMOVE = "connection_", "remove_"
LONGEST_SECRET = 4_000
LONGEST_TEXT = 1_000
# Of a short secret four characters would say too much.
SHORTEST_WITH_ENDING = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One field as the page shows it; ``ending`` speaks of the secret that is kept, which is never shown."""

    spec: ConnectionField
    control: BoundField
    is_kept: bool = False
    ending: str = ""
    remove: BoundField | None = None


def ending_of(secret: object) -> str:
    """The last four characters of a stored secret, where that gives nothing away."""
    text = str(secret or "")
    return text[-4:] if len(text) >= SHORTEST_WITH_ENDING else ""


def form_fields(specs: tuple[ConnectionField, ...], stored: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Fields by name, and for each secret that is kept and not needed one that takes it away."""
    found: dict[str, forms.Field] = {}
    for spec in specs:
        is_kept = spec.is_secret and bool(stored.get(spec.name))
        found[PREFIX + spec.name] = _field(spec, stored.get(spec.name), is_kept=is_kept)
        if is_kept and not spec.is_required:
            found[REMOVE + spec.name] = forms.BooleanField(required=False, label=_("Remove it"))
    return found


def values_of(specs: tuple[ConnectionField, ...], cleaned: Mapping[str, Any]) -> dict[str, object | None]:
    """What was entered, by the adapter's own names. None takes a value away; a secret left empty is not named."""
    values: dict[str, object | None] = {}
    for spec in specs:
        value = cleaned.get(PREFIX + spec.name)
        is_empty = value in (None, "", [])
        if spec.is_secret and is_empty:
            if cleaned.get(REMOVE + spec.name):
                values[spec.name] = None
        else:
            values[spec.name] = None if is_empty else value
    return values


def _field(spec: ConnectionField, value: Any, *, is_kept: bool) -> forms.Field:
    is_required = spec.is_required and not spec.is_generated and not is_kept
    common: dict[str, Any] = {
        "label": spec.label,
        "help_text": spec.help_text,
        "required": is_required,
        "error_messages": {"required": _("%(label)s is needed to connect.") % {"label": spec.label}},
    }
    if spec.is_secret:
        attributes = {"autocomplete": "new-password", "spellcheck": "false"}
        widget = forms.PasswordInput(attrs=attributes, render_value=False)
        return CleanText(max_length=LONGEST_SECRET, widget=widget, **common)
    initial = spec.default if value is None else value
    match spec.form:
        case "number":
            return forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=initial, **common)
        case "flag":
            return forms.BooleanField(initial=bool(initial), **{**common, "required": False})
        case "choice":
            known = dict(spec.choices)
            extra = [(value, value)] if isinstance(value, str) and value and value not in known else []
            return forms.ChoiceField(choices=[*spec.choices, *extra], initial=initial, **common)
        case "lines":
            return Lines(initial="\n".join(value or []) if isinstance(value, list) else initial, **common)
        case "date":
            return Day(initial=value, widget=forms.DateInput(attrs={"type": "date"}), **common)
        case "url":
            return WebAddress(initial=value, default=spec.default, max_length=LONGEST_TEXT, **common)
    return CleanText(max_length=LONGEST_TEXT, initial=initial, widget=_plain_input(), **common)


def _plain_input(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none", **attributes})


class CleanText(forms.CharField):
    """Text without the blanks that come along when it is pasted."""

    def to_python(self, value: Any) -> str:
        """See the class."""
        return pasted.clean(super().to_python(value) or "")


class WebAddress(CleanText):
    """An http(s) address; left empty the adapter's own counts."""

    def __init__(self, *, default: str = "", **options: Any) -> None:
        options.setdefault("widget", _plain_input(placeholder=default, inputmode="url"))
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        """See the class."""
        text = super().clean(value)
        address = pasted.web_address(text) if text else ""
        if address is None:
            raise forms.ValidationError(_("Enter a whole address, such as https://api.example.com."))
        return address


class Day(forms.DateField):
    """A day, kept as text: settings are JSON."""

    def clean(self, value: Any) -> Any:
        """Such as "2026-05-14"."""
        day = super().clean(value)
        return day.isoformat() if day else None


class Lines(forms.CharField):
    """Several values, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        """A list of them."""
        return pasted.clean_lines(super().clean(value))
