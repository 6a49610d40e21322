"""The mark of tests that commit for real: races, sockets, whatever waits for a commit."""

from __future__ import annotations

import pytest

# Emptying the tables takes the rows that migrations wrote along (the event clock): they are put back.
commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)
