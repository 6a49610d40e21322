"""The product's own source, as trees."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("helpdesk", "customers", "conversations", "channels_ingest", "ai_tier1")


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module by its path, migrations left out."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text()))
        for path in paths
        if "migrations" not in path.parts
    )


def chain(node: ast.expr) -> list[str]:
    """The names a call hangs on, outermost last: ``Message.objects.filter(...).update`` without arguments."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            break
    if isinstance(node, ast.Name):
        names.append(node.id)
    return names[::-1]
