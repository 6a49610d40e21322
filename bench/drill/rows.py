"""What a screen holds: the browser's reducer in Python. Upsert by (kind, id) and version, removal with a tombstone."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Key = tuple[str, int]


class Rows:
    """The newest version of every row that was sent."""

    def __init__(self) -> None:
        self.held: dict[Key, Row] = {}
        self._gone: dict[Key, int] = {}

    def apply(self, frame: Row) -> None:
        """Take in a snapshot or a frame."""
        for row in frame.get("objects", []):
            self._put(row)
        for row in frame.get("removed", []):
            self._remove(row)

    def of(self, kind: str) -> list[Row]:
        """All rows of a kind, oldest first."""
        return [row for key, row in sorted(self.held.items()) if key[0] == kind]

    def _put(self, row: Row) -> None:
        key, version = (row["kind"], row["id"]), row["version"]
        if self._gone.get(key, -1) >= version:
            return
        if key not in self.held or self.held[key]["version"] <= version:
            self.held[key] = row

    def _remove(self, row: Row) -> None:
        key = (row["kind"], row["id"])
        self._gone[key] = max(self._gone.get(key, -1), row["version"])
        if key in self.held and self.held[key]["version"] <= row["version"]:
            del self.held[key]
