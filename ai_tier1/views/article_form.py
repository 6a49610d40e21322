"""The form an article is written in, and the one that asks the knowledge base."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ai_tier1.knowledge import articles
from ai_tier1.knowledge.drafts import ArticleDraft
from ai_tier1.models import Article, Audience
from ai_tier1.models.knowledge import Status
from conversations import channel_kinds

STATUSES = ((Status.DRAFT, _("Draft")), (Status.PUBLISHED, _("Published")), (Status.ARCHIVED, _("Archived")))
AUDIENCES = ((Audience.PUBLIC, _("Everybody")), (Audience.AGENTS, _("The team only")))


class ArticleForm(forms.Form):
    """``version`` is the one the writer began with; it guards what somebody else saved meanwhile."""

    title = forms.CharField(
        max_length=200,
        label=_("Title"),
        error_messages={"required": _("Give it a title, best in a customer's words.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("How do I return something?")}),
    )
    body = forms.CharField(
        required=False,
        max_length=articles.LONGEST_BODY,
        label=_("Text"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
    )
    status = forms.ChoiceField(choices=STATUSES, label=_("Status"), initial=Status.DRAFT)
    audience = forms.ChoiceField(choices=AUDIENCES, label=_("Who may read it"), initial=Audience.PUBLIC)
    language = forms.ChoiceField(label=_("Language"), initial=settings.LANGUAGE_CODE)
    phrasings = forms.CharField(
        required=False,
        max_length=31_000,
        label=_("Also asked as"),
        help_text=_("Questions in customers' words that this answers, one a line."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, article: Article | None = None) -> None:
        super().__init__(data, initial=_initial(article))
        self.article = article
        known = [(code, name) for code, name in settings.LANGUAGES if len(code) == 2]
        if article is not None and article.language not in dict(known):
            known.append((article.language, article.language))
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = sorted(known, key=lambda one: str(one[1]))

    def clean(self) -> dict[str, Any]:
        """What is published has a text."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("status") == Status.PUBLISHED and not str(cleaned.get("body", "")).strip():
            self.add_error("body", _("Write its text before you publish it."))
        return cleaned

    def draft(self) -> ArticleDraft:
        """The article as entered."""
        return ArticleDraft(
            title=self.cleaned_data["title"],
            body=self.cleaned_data["body"],
            language=self.cleaned_data["language"],
            audience=self.cleaned_data["audience"],
            phrasings=self.cleaned_data["phrasings"].splitlines(),
            products=self.article.products if self.article else (),
        )


class QuestionForm(forms.Form):
    """A question as a customer might ask it."""

    question = forms.CharField(
        max_length=2_000,
        label=_("A customer's question"),
        error_messages={"required": _("Write a question first.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": _("How long do I have to send something back?")}
        ),
    )
    channel_kind = forms.ChoiceField(choices=channel_kinds.choices, label=_("By"), initial="chat")


def _initial(article: Article | None) -> dict[str, Any]:
    if article is None:
        return {}
    return {
        "title": article.title,
        "body": article.body,
        "status": article.status,
        "audience": article.audience,
        "language": article.language,
        "phrasings": "\n".join(article.phrasings),
        "version": article.version,
    }
