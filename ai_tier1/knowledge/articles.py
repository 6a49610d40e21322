"""The only writers of articles: each change keeps the text before it and has the article indexed anew."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from ai_tier1.knowledge.drafts import ArticleChanged, ArticleDraft, ArticleError
from ai_tier1.knowledge.markdown_text import strip_invisible
from ai_tier1.models.knowledge import Article, Audience, IndexState, Revision, Status
from helpdesk.accounts import audit
from helpdesk.accounts.models import User

__all__ = [
    "ArticleChanged",
    "ArticleDraft",
    "ArticleError",
    "archive",
    "publish",
    "restore",
    "save_article",
    "set_status",
    "unpublish",
]

LONGEST_BODY = 100_000
MOST_PHRASINGS = 100


@transaction.atomic
def save_article(
    draft: ArticleDraft, *, by: User | None, article: Article | None = None, on_version: int | None = None
) -> Article:
    """Write a new article, or a new version of ``article``. Its status stays what it was.

    Saving the same again changes nothing and makes no version. ``on_version`` is the version its writer
    began with: ArticleChanged where it is another by now. Raises ArticleError.
    """
    clean = _cleaned(draft)
    if article is None:
        saved = Article(slug=_free_slug(clean), author=_person(by))
    else:
        saved = Article.objects.select_for_update().get(pk=article.pk)
        if _is_same(saved, clean):
            return saved
        if on_version is not None and saved.version != on_version:
            raise ArticleChanged("Somebody saved this article while you wrote.")
        saved.version += 1
    saved.title, saved.body = clean.title, clean.body
    saved.language, saved.audience = clean.language, clean.audience
    saved.phrasings, saved.products = list(clean.phrasings), list(clean.products)
    saved.index_state, saved.index_error = IndexState.STALE, ""
    saved.save()
    Revision.objects.create(
        article=saved,
        version=saved.version,
        title=saved.title,
        body=saved.body,
        phrasings=saved.phrasings,
        author=_person(by),
    )
    _index_after_commit(saved)
    return saved


def set_status(article: Article, status: str, *, by: User | None) -> Article:
    """Publish, archive, or make a draft again; nothing where it is so already. Raises ArticleError."""
    change = {Status.PUBLISHED: publish, Status.ARCHIVED: archive, Status.DRAFT: unpublish}
    return article if article.status == status else change[Status(status)](article, by=by)


def restore(article: Article, version: int, *, by: User | None) -> Article:
    """An earlier text as the newest version. Raises Revision.DoesNotExist."""
    old = Revision.objects.get(article=article, version=version)
    draft = ArticleDraft(
        title=old.title,
        body=old.body,
        language=article.language,
        audience=article.audience,
        phrasings=old.phrasings,
        products=article.products,
    )
    return save_article(draft, by=by, article=article)


@transaction.atomic
def publish(article: Article, *, by: User | None) -> Article:
    """Let the tier-1 and the help pages use an article. Raises ArticleError where it has no text."""
    locked = Article.objects.select_for_update().get(pk=article.pk)
    if not locked.body.strip():
        raise ArticleError("An article without text can't be published.")
    if locked.status != Status.PUBLISHED:
        locked.status = Status.PUBLISHED
        locked.published_at = timezone.now()
        locked.save(update_fields=["status", "published_at", "updated_at"])
        _note("article.published", locked, by)
    return locked


@transaction.atomic
def archive(article: Article, *, by: User | None) -> Article:
    """Take an article out of use; its text and history stay."""
    locked = Article.objects.select_for_update().get(pk=article.pk)
    locked.status = Status.ARCHIVED
    locked.save(update_fields=["status", "updated_at"])
    _note("article.archived", locked, by)
    return locked


@transaction.atomic
def unpublish(article: Article, *, by: User | None) -> Article:
    """Make an article a draft again."""
    locked = Article.objects.select_for_update().get(pk=article.pk)
    locked.status = Status.DRAFT
    locked.save(update_fields=["status", "updated_at"])
    _note("article.unpublished", locked, by)
    return locked


def _cleaned(draft: ArticleDraft) -> ArticleDraft:
    title = " ".join(strip_invisible(draft.title).split())
    # One kind of line end, so that offsets into the body mean the same to everybody.
    body = strip_invisible(draft.body).replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
    phrasings = [" ".join(strip_invisible(phrasing).split()) for phrasing in draft.phrasings]
    phrasings = list(dict.fromkeys(phrasing for phrasing in phrasings if phrasing))
    if not title:
        raise ArticleError("An article needs a title.")
    if len(title) > 200:
        raise ArticleError("A title can have 200 characters at most.")
    if len(body) > LONGEST_BODY:
        raise ArticleError(f"An article can have {LONGEST_BODY} characters at most; divide it into several.")
    if len(phrasings) > MOST_PHRASINGS or any(len(phrasing) > 300 for phrasing in phrasings):
        raise ArticleError(f"At most {MOST_PHRASINGS} phrasings of 300 characters each.")
    if draft.audience not in Audience.values:
        raise ArticleError(f"The audience is one of {', '.join(Audience.values)}.")
    return ArticleDraft(
        title=title,
        body=body.lstrip("\n"),
        language=draft.language.strip() or settings.LANGUAGE_CODE,
        audience=draft.audience,
        phrasings=phrasings,
        products=list(dict.fromkeys(product.strip() for product in draft.products if product.strip())),
        slug=draft.slug,
    )


def _free_slug(draft: ArticleDraft) -> str:
    wanted = slugify(draft.slug or draft.title)[:100] or "article"
    taken = set(Article.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    candidates = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def _is_same(article: Article, draft: ArticleDraft) -> bool:
    return (
        article.title == draft.title
        and article.body == draft.body
        and article.language == draft.language
        and article.audience == draft.audience
        and article.phrasings == list(draft.phrasings)
        and article.products == list(draft.products)
    )


def _note(action: str, article: Article, by: User | None) -> None:
    audit.note(action, f"article:{article.pk}", actor=_person(by), facts={"version": article.version})


def _person(by: User | None) -> User | None:
    return by if by is not None and by.pk else None


def _index_after_commit(article: Article) -> None:
    from ai_tier1.tasks import index_article

    article_id = article.pk
    transaction.on_commit(lambda: index_article.delay(article_id), robust=True)
