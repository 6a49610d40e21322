"""Handing out files so that no browser ever runs what a stranger sent."""

from __future__ import annotations

from django.http import FileResponse

from conversations.models import Attachment

# Shown in place; everything else, SVG, HTML and PDF included, is only ever downloaded.
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/ogg", "audio/wav"})


def download(row: Attachment, *, is_for_provider: bool = False) -> FileResponse:
    """The file, as an attachment unless its type is harmless.

    A provider refuses what it is not told the type of. What it is handed is nothing that a browser would show.
    """
    is_inline = row.content_type in INLINE and not is_for_provider
    response = FileResponse(
        row.file.open("rb"),
        as_attachment=not is_inline,
        filename=row.name,
        content_type=row.content_type if is_inline or is_for_provider else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    return response
