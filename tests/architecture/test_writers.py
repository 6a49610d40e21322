"""Who may write what. Each rule is shown to catch what it forbids."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import pytest
from django.apps import apps

from tests.architecture.sources import chain, modules

WRITES = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete", "adelete"}
WRITES |= {"asave", "acreate", "aupdate"}
OWN_ACTIONS = ("customers/actions/", "conversations/actions/")
# The demo writes the past, which no action can.
MAY_WRITE = (*OWN_ACTIONS, "helpdesk/management/")


def domain_words() -> tuple[set[str], set[str]]:
    """Class names of the domain's models, and the variables and managers they go by."""
    classes, words = set(), set()
    for label in ("customers", "conversations"):
        for model in apps.get_app_config(label).get_models():
            classes.add(model.__name__)
            words.add(re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower())
            words |= {relation.get_accessor_name() or "" for relation in model._meta.related_objects}
    return classes, words


def domain_writes(path: str, tree: ast.Module) -> Iterable[str]:
    """Calls that write a conversation's or customer's table."""
    classes, words = domain_words()
    is_domain = path.startswith(("customers/", "conversations/"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        is_update = node.func.attr == "update" and bool(node.keywords) and not node.args
        if node.func.attr not in WRITES and not is_update:
            continue
        names = chain(node.func.value)
        if is_domain or (names and (names[0] in classes or set(names) & words)):
            yield f"{path}:{node.lineno} {'.'.join([*names, node.func.attr])}"


def layer_calls(path: str, tree: ast.Module) -> Iterable[str]:
    """Uses of the channel layer's sending."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("group_send", "send_group"):
            yield f"{path}:{node.lineno}"


def shared_threads(path: str, tree: ast.Module) -> Iterable[str]:
    """Uses of database_sync_to_async that put all sockets on one thread."""
    told = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "thread_sensitive" and getattr(keyword.value, "value", None) is False
    }
    for node in ast.walk(tree):
        name = getattr(node, "id", "") or getattr(node, "attr", "")
        if name == "database_sync_to_async" and isinstance(node, ast.Name | ast.Attribute) and id(node) not in told:
            yield f"{path}:{node.lineno}"


def test_only_actions_write_conversations_and_customers() -> None:
    assert [
        one for path, tree in modules() if not path.startswith(MAY_WRITE) for one in domain_writes(path, tree)
    ] == []


def test_only_realtime_touches_the_channel_layer() -> None:
    assert [one for path, tree in modules() if path != "helpdesk/realtime.py" for one in layer_calls(path, tree)] == []


def test_no_socket_shares_its_database_thread() -> None:
    assert [one for path, tree in modules() for one in shared_threads(path, tree)] == []


@pytest.mark.parametrize(
    "line",
    [
        "Message.objects.create(text='x')",
        "Message.objects.filter(pk=1).update(text='x')",
        "conversation.messages.create(text='x')",
        "event.message.save()",
        "conversation.save(update_fields=['state'])",
        "Identity.objects.get_or_create(kind='phone')",
        "customer.identities.filter(pk=1).delete()",
    ],
)
def test_a_write_outside_the_actions_is_found(line: str) -> None:
    assert list(domain_writes("channels_ingest/views.py", ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["Connection.objects.filter(pk=1).update(error='')", "digest.update(b'x')", "event.save()"]
)
def test_other_writes_are_left_alone(line: str) -> None:
    assert not list(domain_writes("channels_ingest/views.py", ast.parse(line)))


def test_a_stray_hint_and_a_shared_thread_are_found() -> None:
    assert list(layer_calls("x.py", ast.parse("await layer.group_send('a', {})")))
    assert list(shared_threads("x.py", ast.parse("database_sync_to_async(f)")))
    assert list(shared_threads("x.py", ast.parse("@database_sync_to_async\ndef f(): ...")))
    assert not list(shared_threads("x.py", ast.parse("database_sync_to_async(f, thread_sensitive=False)")))
