"""Address headers read in one linear pass, tolerant of everything senders get wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels_ingest.adapters.email.charsets import clean_line
from channels_ingest.adapters.email.headers import decode_words

_MAX_VALUE_LENGTH = 20_000
_MAX_ADDRESS_COUNT = 100
_MAX_NAME_LENGTH = 200
_ADDRESS_IN_NAME = re.compile(r"[^\s@]@[^\s@]{1,100}\.[^\s@.]")
_SPECIAL = frozenset('",;:<(')
_NOT_IN_ADDRESS = frozenset("<>,;()[]\\\"'` \t")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """One address as written (its domain in lower case) and the name beside it, which proves nothing."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What follows the last ``@``, lower case."""
        return self.address.rpartition("@")[2]


def parse_addresses(value: str) -> tuple[MailAddress, ...]:
    """The addresses of a raw header value, in order; groups are opened, what is no address is left out.

    Structure is read before encoded words are decoded, so a name can't smuggle in an address.
    """
    found = _Reader(value[:_MAX_VALUE_LENGTH]).read()
    if not found and "=?" in value:
        # Some senders encode the whole header; then there is no structure outside to trust.
        found = _Reader(decode_words(value)[:_MAX_VALUE_LENGTH]).read()
    return tuple(found)


class _Reader:
    """Walks a header value once. What isn't closed is taken literally."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.position = 0
        self.found: list[MailAddress] = []
        self.phrase: list[str] = []  # as written
        self.words: list[str] = []  # the same without quoting
        self.comment = ""
        self.angle: str | None = None
        self.unclosed: set[str] = set()

    def read(self) -> list[MailAddress]:
        while self.position < len(self.value) and len(self.found) < _MAX_ADDRESS_COUNT:
            character = self.value[self.position]
            if character not in _SPECIAL or not self._special(character):
                self._run()
        self._flush()
        return self.found

    def _special(self, character: str) -> bool:
        if character in ",;":
            self.position += 1
            self._flush()
        elif character == ":":
            return self._group()
        elif character == '"':
            return self._quoted()
        elif character == "(":
            return self._comment()
        else:
            return self._angle()
        return True

    def _group(self) -> bool:
        if self.angle is not None or "@" in "".join(self.phrase):
            return False
        self.position += 1
        self._forget()
        return True

    def _angle(self) -> bool:
        inside = self._until(">")
        if inside is None:
            return False
        if self.angle is not None:
            self._flush()
        self.angle = inside
        return True

    def _comment(self) -> bool:
        """Comments stand in each other; where they aren't closed one by one, the first end counts."""
        depth, end = 0, self.position
        while "(" not in self.unclosed and end < len(self.value):
            depth += {"(": 1, ")": -1}.get(self.value[end], 0)
            if not depth:
                break
            end += 2 if self.value[end] == "\\" else 1
        if "(" in self.unclosed or end >= len(self.value):
            self.unclosed.add("(")
            comment = self._until(")")
        else:
            comment = self.value[self.position + 1 : end]
            self.position = end + 1
        self.comment = self.comment or (comment or "")
        return comment is not None

    def _until(self, closing: str) -> str | None:
        """What stands before the next closing character, skipping over both; None where there is none."""
        end = -1 if closing in self.unclosed else self.value.find(closing, self.position + 1)
        if end < 0:
            self.unclosed.add(closing)
            return None
        inside = self.value[self.position + 1 : end]
        self.position = end + 1
        return inside

    def _quoted(self) -> bool:
        end = self.position + 1
        while '"' not in self.unclosed and end < len(self.value) and self.value[end] != '"':
            end += 2 if self.value[end] == "\\" else 1
        if end >= len(self.value) or '"' in self.unclosed:
            self.unclosed.add('"')
            return False
        self.phrase.append(self.value[self.position : end + 1])
        self.words.append(_unquoted(self.value[self.position + 1 : end]))
        self.position = end + 1
        return True

    def _run(self) -> None:
        end = self.position + 1
        while end < len(self.value) and self.value[end] not in _SPECIAL:
            end += 1
        self.phrase.append(self.value[self.position : end])
        self.words.append(self.value[self.position : end])
        self.position = end

    def _flush(self) -> None:
        written = "".join(self.phrase).strip()
        if self.angle is not None:
            # "<@relay,@relay:jo@example.com>" is an obsolete route.
            address, name = _as_address(self.angle.rpartition(":")[2]), "".join(self.words)
        else:
            address, name = _as_address(written.removeprefix("mailto:")), self.comment
        if address:
            self.found.append(MailAddress(address, _display_name(name)))
        self._forget()

    def _forget(self) -> None:
        self.phrase, self.words, self.comment, self.angle = [], [], "", None


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _display_name(name: str) -> str:
    shown = clean_line(decode_words(name), max_length=_MAX_NAME_LENGTH).strip("'\" ")
    # A name that repeats the address says nothing, and one that holds another address lies.
    return "" if _ADDRESS_IN_NAME.search(shown) else shown


def _as_address(written: str) -> str:
    """The address in its usual spelling, or an empty string where it is none."""
    text = clean_line(written, max_length=500).strip("'` ")
    local, at, domain = text.rpartition("@")
    local, domain = local.strip(), domain.strip().rstrip(".").lower()
    if not at or not local or len(local) > 128 or not _is_domain(domain):
        return ""
    if local.startswith('"') and local.endswith('"') and len(local) > 2:
        return f"{local}@{domain}"
    if "@" in local or _NOT_IN_ADDRESS.intersection(local) or local.startswith("=?"):
        return ""
    return f"{local}@{domain}"


def _is_domain(domain: str) -> bool:
    if domain.startswith("[") and domain.endswith("]"):
        return 2 < len(domain) <= 60
    usable = 0 < len(domain) <= 255 and not _NOT_IN_ADDRESS.intersection(domain)
    return usable and not domain.endswith("?=") and not domain.startswith((".", "-"))
