"""``manage.py evaluate_tier1``: how well the tier-1 finds, and how often it is wrong. Leaves no trace."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from ai_tier1.evaluation.measure import QUESTIONS, Outcome, measure, outcomes, questions, report
from ai_tier1.evaluation.person_wishes import measure_person_wishes
from ai_tier1.knowledge import articles, index
from ai_tier1.knowledge.import_markdown import read_articles
from ai_tier1.models import Article, Audience
from ai_tier1.policy import Action

DEMO_ARTICLES = Path(settings.BASE_DIR) / "helpdesk" / "management" / "demo" / "articles"


class Command(BaseCommand):
    help = "Ask the evaluation questions of the demo articles and print the figures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--articles", type=Path, default=DEMO_ARTICLES, help="a directory of Markdown files")
        parser.add_argument("--questions", type=Path, default=QUESTIONS, help="a JSON file of questions")
        parser.add_argument("--sets", type=Path, help="a directory with the public sets bitext, clinc150, banking77")
        parser.add_argument("--wrong", action="store_true", help="list every wrong answer and offer")

    def handle(self, *args: object, **options: object) -> None:
        results, article_count = _ask(Path(str(options["articles"])), Path(str(options["questions"])))
        self.stdout.write(report(measure(results, article_count)))
        if options["wrong"]:
            for result in results:
                if result.action in {Action.ANSWER, Action.OFFER} and not result.is_right:
                    line = f"{result.action} {result.confidence:.2f} {result.question.text} -> {result.found[0]}"
                    self.stdout.write(line)
        sets = options["sets"]
        if isinstance(sets, Path) and sets.is_dir():
            self.stdout.write(measure_person_wishes(sets))
        else:
            self.stdout.write("wishes for a person: not measured, no directory of public sets was given")


def _ask(directory: Path, asked: Path) -> tuple[list[Outcome], int]:
    """Ask with only the directory's articles in use, in a transaction that is undone."""
    with transaction.atomic():
        Article.objects.all().delete()
        for draft in read_articles(directory):
            index.index_article(articles.publish(articles.save_article(draft, by=None), by=None).pk)
        results = list(outcomes(questions(asked)))
        article_count = Article.objects.filter(audience=Audience.PUBLIC).count()
        transaction.set_rollback(True)
    return results, article_count
