"""What the API's lists share: start from what the caller may see, page by cursor, answer rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from helpdesk.accounts.models import User

M = TypeVar("M", bound=Model)


class Rows(GenericViewSet[Any]):
    """A list and its single rows. Subclasses say which rows there are and how one looks."""

    lookup_value_regex = r"\d{1,18}"

    def row(self, found: Any) -> dict[str, Any]:
        """One row for the wire."""
        raise NotImplementedError

    def list(self, request: Request, **_: Any) -> Response:
        """A page of rows."""
        return self.page(self.get_queryset(), self.row)

    def retrieve(self, request: Request, **_: Any) -> Response:
        """One row."""
        return Response(self.row(self.get_object()))

    def page(self, rows: QuerySet[M], show: Callable[[M], dict[str, Any]]) -> Response:
        """Any queryset as a page."""
        found = self.paginate_queryset(rows)
        return self.get_paginated_response([show(one) for one in found or []])

    @property
    def person(self) -> User:
        """Who calls."""
        assert isinstance(self.request.user, User)
        return self.request.user


def whole_number(params: Any, name: str) -> int | None:
    """A query parameter that has to be an id; None where it is absent."""
    value = params.get(name)
    if value in (None, ""):
        return None
    if not str(value).isdecimal() or len(str(value)) > 18:
        raise ValidationError({name: ["A whole number is needed here."]})
    return int(value)


def words(params: Any, name: str, longest: int = 200) -> str:
    """A query parameter to search for, without what PostgreSQL can't hold."""
    return str(params.get(name, "")).replace("\x00", "").strip()[:longest]
