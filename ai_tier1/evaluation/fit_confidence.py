"""Fit the weights in ``confidence`` on public support questions asked of the demo articles.

    manage.py shell -c "from ai_tier1.evaluation.fit_confidence import main; main('<directory of the sets>')"

Reads Bitext (CDLA-Sharing-1.0), CLINC150 (CC-BY-3.0) and BANKING77 (CC-BY-4.0) where they lie in the
directory, and prints the weights; what is printed is copied into ``confidence`` by hand.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from ai_tier1.confidence import features
from ai_tier1.models import Article, Audience, Passage
from ai_tier1.retrieval import Found, search

# Bitext's intents and the articles that answer them; no article: the demo shop says nothing about it.
_ANSWERED_BY: dict[str, tuple[str, ...]] = {
    "cancel_order": ("change-or-cancel-an-order",),
    "change_order": ("change-or-cancel-an-order",),
    "change_shipping_address": ("change-delivery-address",),
    "set_up_shipping_address": ("change-delivery-address",),
    "check_invoice": ("invoices-and-receipts",),
    "get_invoice": ("invoices-and-receipts",),
    "check_payment_methods": ("payment-methods",),
    "check_refund_policy": ("refunds", "return-an-item"),
    "get_refund": ("refunds", "return-an-item"),
    "track_refund": ("refunds",),
    "complaint": ("complaints",),
    "contact_customer_service": ("contact-and-opening-hours",),
    "delete_account": ("privacy-and-deleting-your-account",),
    "delivery_options": ("delivery-times-and-costs", "international-shipping"),
    "delivery_period": ("delivery-times-and-costs", "track-your-parcel", "parcel-late-or-missing"),
    "edit_account": ("account-and-password",),
    "recover_password": ("account-and-password",),
    "newsletter_subscription": ("newsletter",),
    "payment_issue": ("payment-declined-or-charged-twice",),
    "track_order": ("track-your-parcel",),
}
_UNANSWERED = frozenset({"check_cancellation_fee", "registration_problems", "review", "switch_account", "place_order"})
_PER_INTENT = 30
_PER_OTHER_SET = 250


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the articles that answer it; ``hidden`` is taken out of the search.

    ``weight``: the demo's own phrasings are few, but ask for details as Bitext never does.
    """

    question: str
    articles: tuple[str, ...]
    hidden: str = ""
    weight: float = 1.0


def main(directory: str) -> None:
    """Print the fitted bias and weights."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    examples = [*_examples(Path(directory)), *_phrasings()]
    rows, truths = [], []
    for example in examples:
        found = _search(example)
        top = found.passages[0].slug if found.passages else ""
        rows.append(features(found.signals))
        truths.append(top in example.articles)
    weights = [example.weight for example in examples]
    # Each wrong answer weighs as two missed ones: start cautious.
    model = LogisticRegression(C=1.0, class_weight={True: 1.0, False: 2.0}, max_iter=2000)
    model.fit(rows, truths, sample_weight=weights)
    area = roc_auc_score(truths, model.predict_proba(rows)[:, 1])
    sys.stdout.write(
        f"{len(rows)} examples, {sum(truths)} right, AUROC {area:.3f}\n"
        f"bias {model.intercept_[0]:.2f}\nweights {[round(float(weight), 2) for weight in model.coef_[0]]}\n"
    )


def _search(example: Example) -> Found:
    """Search as if nobody had confirmed this very phrasing."""
    with transaction.atomic():
        Passage.objects.filter(is_question=True, text=example.question).delete()
        found = search(example.question, language="en", without_article=example.hidden)
        transaction.set_rollback(True)
    return found


def _phrasings() -> Iterator[Example]:
    for article in Article.objects.published().filter(audience=Audience.PUBLIC):
        for phrasing in article.phrasings:
            yield Example(phrasing, (article.slug,), weight=3)
            yield Example(phrasing, (), hidden=article.slug, weight=3)


def _examples(directory: Path) -> Iterator[Example]:
    chance = random.Random(7)  # noqa: S311 - the same sample each time, no secret
    for intent, questions in _bitext(directory).items():
        chosen = chance.sample(questions, min(_PER_INTENT, len(questions)))
        articles = _ANSWERED_BY.get(intent, ())
        for question in chosen:
            yield Example(question, articles)
            if len(articles) == 1:
                yield Example(question, (), hidden=articles[0])
    for question in chance.sample(_others(directory), 2 * _PER_OTHER_SET):
        yield Example(question, ())


def _bitext(directory: Path) -> dict[str, list[str]]:
    questions: dict[str, list[str]] = {}
    with (directory / "bitext" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["intent"] in _ANSWERED_BY or row["intent"] in _UNANSWERED:
                questions.setdefault(row["intent"], []).append(row["utterance"])
    return questions


def _others(directory: Path) -> list[str]:
    sets = json.loads((directory / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    questions = [text for text, _ in sets["oos_train"] + sets["oos_val"] + sets["val"]]
    with (directory / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        questions += [row["text"] for row in csv.DictReader(file)][::20]
    return questions
