"""Cursor pages for the API: ``{next, previous, results}``, stable while rows are added."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Newest first; ``?cursor=`` and ``?page_size=`` (at most 200)."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
