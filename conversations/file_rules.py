"""Which files a message may carry, and in what words one is turned down. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file before it is sent. ``size`` is in bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class FileKind:
    """Types of one sort, and how large one of them may be. ``what`` names them in the plural."""

    what: str
    types: tuple[str, ...]
    max_bytes: int
    # The words of a message may stand under it.
    takes_words: bool = False


@dataclass(frozen=True, slots=True)
class FileRules:
    """What one message may carry. Without ``kinds`` every type goes, and only the total counts."""

    max_total_bytes: int
    max_count: int = 10
    kinds: tuple[FileKind, ...] = ()
    # The provider takes one file a message: several leave one after the other.
    is_one_by_one: bool = False
    # How many characters may stand under a file that takes words.
    words_characters: int = 0
    # What an agent should know of files on this channel, in a sentence.
    remark: str = ""

    def kind_of(self, content_type: str) -> FileKind | None:
        """The sort that a type belongs to; None where it is none that is taken."""
        return next((kind for kind in self.kinds if content_type in kind.types), None)

    def narrowed(self, max_total_bytes: int | None) -> FileRules:
        """The same with a smaller total, where a provider takes less than others of its kind."""
        if max_total_bytes is None or max_total_bytes >= self.max_total_bytes:
            return self
        return replace(self, max_total_bytes=max_total_bytes)


def objections(files: Sequence[FileFacts], rules: FileRules | None, who: str) -> list[str]:
    """Why these files can't leave so, a sentence each; empty where they can. ``who`` is the channel's name."""
    if not files:
        return []
    if rules is None:
        return [f"{who} carries no files. Not sent would be: {', '.join(file.name for file in files)}."]
    found = [words for file in files if (words := _objection(file, rules, who))]
    if len(files) > rules.max_count:
        found.append(f"{who} takes at most {rules.max_count} files at once; these are {len(files)}.")
    total = sum(file.size for file in files)
    if not found and total > rules.max_total_bytes and not rules.is_one_by_one:
        limit = megabytes(rules.max_total_bytes)
        found.append(f"{who} takes files of {limit} together; these have {megabytes(total, up=True)}.")
    return found


def megabytes(size: int, *, up: bool = False) -> str:
    """Bytes in words, "4.2 MB". What is too large is rounded ``up``, so that it never seems to fit."""
    tenths = -(-size * 10 // MB) if up else size * 10 // MB
    if tenths == 0:
        return f"{max(1, size // 1024)} kB"
    return f"{tenths // 10} MB" if tenths % 10 == 0 else f"{tenths / 10:.1f} MB"


def _objection(file: FileFacts, rules: FileRules, who: str) -> str:
    if file.size == 0:
        return f"{file.name}: the file is empty."
    kind = rules.kind_of(file.content_type)
    if rules.kinds and kind is None:
        taken = [one.what for one in rules.kinds]
        return f"{file.name}: {who} does not take this type of file. It takes {_listed(taken)}."
    limit, what = (kind.max_bytes, kind.what) if kind else (rules.max_total_bytes, "files")
    limit = min(limit, rules.max_total_bytes)
    if file.size <= limit:
        return ""
    has = megabytes(file.size, up=True)
    return f"{file.name}: {who} takes {what} up to {megabytes(limit)}; this one has {has}."


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
