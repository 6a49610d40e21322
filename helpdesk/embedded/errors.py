"""Why a stack could not be started, in a sentence for the person at the terminal."""

from __future__ import annotations


class CannotStart(Exception):
    """Something went wrong that the operator can act on; the text says what to do."""


class Refused(CannotStart):
    """Nothing was started: the place is taken (another ``up``, or the port). Exits 2."""


class StopRequested(BaseException):
    """SIGTERM or SIGINT arrived. Not an ``Exception``, so that no handler on the way swallows it."""
