"""How HTTP reaches Django: people's pages the whole way, providers' requests a short one.

What providers post belongs to no session, language or page, and each of Django's own middlewares costs an
asynchronous view a change of thread or two: together more than storing the request does. What a door has to
check, it checks itself.
"""

from __future__ import annotations

from typing import Any, cast

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from helpdesk.request_threads import RequestThreads
from helpdesk.ui.errors import DOORS

_threads = RequestThreads()


class PageHandler(ASGIHandler):
    """Django, on threads that outlive a request."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        async with _threads.one():
            await self.handle(scope, receive, send)


class DoorHandler(PageHandler):
    """The same without middlewares."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Nothing but the view, with its errors made answers, and every answer's length said."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        answered: Any = convert_exception_to_response(cast("Any", self)._get_response_async)

        async def measured(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await answered(request)
            if isinstance(response, HttpResponse):
                response.headers.setdefault("Content-Length", str(len(response.content)))
            return response

        self._middleware_chain = measured


class Http:
    """Providers to their doors, everybody else to the pages."""

    def __init__(self) -> None:
        self._doors, self._pages = DoorHandler(), PageHandler()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        handler = self._doors if scope["path"].startswith(DOORS) else self._pages
        await handler(scope, receive, send)
