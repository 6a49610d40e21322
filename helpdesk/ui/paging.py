"""Cursor pages for the API: ``{next, previous, results}``, stable while rows are added."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

LONGEST_NUMBER = 18


class CursorPages(CursorPagination):
    """Newest first; ``?cursor=`` and ``?page_size=`` (at most 200)."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Any:
        """The place a cursor names. All our lists are ordered by a number, so any other place is no cursor of ours."""
        found = super().decode_cursor(request)
        position = "0" if found is None or found.position is None else str(found.position)
        if not position.isdecimal() or len(position) > LONGEST_NUMBER:
            raise NotFound(self.invalid_cursor_message)
        return found
