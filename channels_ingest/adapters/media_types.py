"""What a fetched file is, whatever its sender says. Pure."""

from __future__ import annotations

import mimetypes

import filetype

# Text has no signature to tell its type by. Of what a sender may declare, only these are believed.
_TEXT_TYPES = frozenset({"text/plain", "text/vcard", "text/x-vcard", "text/calendar", "text/csv"})


def real_type(content: bytes, declared: str) -> str:
    """What the bytes are, whatever the sender says."""
    kind = filetype.guess(content)
    if kind is not None:
        return str(kind.mime)
    declared = declared.partition(";")[0].strip().lower()
    return declared if declared in _TEXT_TYPES and b"\0" not in content else "application/octet-stream"


def named_after(name: str, content_type: str) -> str:
    """The name with the extension of what the file really is."""
    extension = mimetypes.guess_extension(content_type) or ".bin"
    stem = name.rpartition(".")[0] or name or "attachment"
    return stem + extension
