"""Articles from a directory of Markdown files with a few lines of front matter. Pure but for the reading."""

from __future__ import annotations

from pathlib import Path

from ai_tier1.knowledge.drafts import ArticleDraft, ArticleError

_FENCE = "---"
_LISTS = frozenset({"phrasings", "products"})
_TEXTS = frozenset({"title", "language", "audience", "slug"})


def read_articles(directory: Path) -> list[ArticleDraft]:
    """Every ``*.md`` below ``directory``, by name. Raises ArticleError that names the file and line."""
    return [read_article(path) for path in sorted(directory.rglob("*.md"))]


def read_article(path: Path) -> ArticleDraft:
    """One file; its slug is the file's name unless the front matter says another."""
    try:
        return parse_article(path.read_text(encoding="utf-8"), slug=path.stem)
    except (ArticleError, UnicodeDecodeError) as error:
        raise ArticleError(f"{path.name}: {error}") from error


def parse_article(text: str, *, slug: str = "") -> ArticleDraft:
    """Front matter between two lines of ``---``, then Markdown.

    The front matter takes ``name: value`` for title, language, audience and slug, and lists of
    ``- value`` under phrasings and products. Without a title the first heading is one.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    texts: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    body = lines
    if lines and lines[0].strip() == _FENCE:
        end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
        if end is None:
            raise ArticleError("the front matter has no end: a line of three dashes is missing")
        _read_front_matter(lines[1:end], texts, lists)
        body = lines[end + 1 :]
    title = texts.get("title") or next((line[2:].strip() for line in body if line.startswith("# ")), "")
    return ArticleDraft(
        title=title,
        body="\n".join(body).strip("\n") + "\n",
        language=texts.get("language", "en"),
        audience=texts.get("audience", "public"),
        phrasings=tuple(lists.get("phrasings", ())),
        products=tuple(lists.get("products", ())),
        slug=texts.get("slug", slug),
    )


def _read_front_matter(lines: list[str], texts: dict[str, str], lists: dict[str, list[str]]) -> None:
    current: list[str] | None = None
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        if line.lstrip().startswith("- "):
            if current is None:
                raise ArticleError(f"line {number}: a list item without a list")
            current.append(_unquoted(line.lstrip()[2:]))
            continue
        name, colon, value = line.partition(":")
        name = name.strip()
        if not colon or name not in _LISTS | _TEXTS:
            raise ArticleError(f"line {number}: '{line.strip()[:60]}' is not understood")
        current = lists.setdefault(name, []) if name in _LISTS else None
        if name in _TEXTS:
            texts[name] = _unquoted(value)


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
