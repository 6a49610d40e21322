"""Who may open a page: the log-in for strangers, a 403 in our look for those who may not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from helpdesk.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_staff(view: View[P]) -> View[P]:
    """Anyone who works here."""
    return _guarded(view, lambda user: True)


def for_admins(view: View[P]) -> View[P]:
    """Admins alone."""
    return _guarded(view, lambda user: user.is_admin)


def person(request: HttpRequest) -> User:
    """Who asks, behind one of these doors."""
    assert isinstance(request.user, User)
    return request.user


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page it is on."""
    return request.headers.get("HX-Request") == "true"


def _guarded(view: View[P], may_enter: Callable[[User], bool]) -> View[P]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            if is_fragment(request):
                # The log-in page must not be put into the middle of another: the whole page comes anew.
                return HttpResponse(status=401, headers={"HX-Refresh": "true"})
            return redirect_to_login(request.get_full_path())
        if not may_enter(user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View[P], guarded)
