"""A screen that kept up by frames shows exactly what a fresh one shows, after every action."""

from __future__ import annotations

import ast
import copy
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from conversations import actions, frames, snapshot
from conversations.models import Conversation
from helpdesk.accounts.models import User
from helpdesk.events import log
from tests import build
from tests.conversations.contract import ACTIONS, scene

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("contract")]
# What the tests of one action found, for the browser's reducer to repeat.
CASES: dict[str, dict[str, Any]] = {}

# Modules with the parts that actions are made of.
PARTS = {
    *(
        "actors",
        "addressing",
        "delivery_rows",
        "failing",
        "holding",
        "leaving",
        "readers",
        "taking_back",
        "threads",
        "transactions",
    ),
    "__init__",
}
# Read, part of another action, or of channels alone, at whose events a screen loads a fresh snapshot.
NOT_ALONE = {
    "channels.open_channel",
    "channels.change_channel",
    "channels.switch_channel",
    "claiming.due",
    "desks.set_sends_anyway",
    "claiming.leaving_soon",
    "claiming.waiting_of",
    "reporting.without_cost",
    "reporting.is_another",
    "claiming.waiting_channels",
    "speaking.waiting_in",
    "calls.forgotten",
    "calls.hold",
    "calls.join",
    "calls.leave_unsaid",
    "calls.locked",
    "files.keep",
    "keywords.meant",
    "replying.refuse_if_overtaken",
    "replying.refuse_if_replaced",
    # Learned by the way; a composer opened afterwards tells them.
    "prices.note_listed",
    "prices.note_paid",
    "channels.limit_files",
    "claiming.next_piece",
    # What is not sent yet is told to nobody; with its message it is in the cases of replying.
    "uploads.keep",
    "uploads.copy",
    "uploads.discard",
    "uploads.remove_unsent",
    "uploads.chosen",
    "uploads.put",
    "scheduling.cancel_all",
    "scheduling.cancel_overtaken",
    # Told by their event alone; a composer asks for the list.
    "templates.sync",
    "templates.note_state",
}


def everything(person: User) -> dict[str, Any]:
    """Every thread the person may see, as a screen would hold it."""
    seq = log.last_seq()
    visible = Conversation.objects.visible_to(person).order_by("pk")
    rows = [row for one in visible for row in snapshot.of_thread(person, one)]
    objects = list({(row["kind"], row["id"]): row for row in rows}.values())
    around = snapshot.around(person)
    counts = snapshot.counts(person)
    return {
        "seq": seq,
        "view": "all",
        "conversation": None,
        "next": None,
        "objects": objects,
        "counts": counts,
        **around,
    }


def reduced(before: dict[str, Any], more: list[dict[str, Any]]) -> dict[tuple[str, int], Any]:
    """What the browser's reducer does, in Python."""
    rows = {(row["kind"], row["id"]): row for row in before["objects"]}
    gone: dict[tuple[str, int], int] = {}
    for frame in more:
        for row in frame["objects"]:
            key = (row["kind"], row["id"])
            if row["version"] > gone.get(key, -1) and row["version"] >= rows.get(key, row)["version"]:
                rows[key] = row
        for row in frame["removed"]:
            key = (row["kind"], row["id"])
            if key not in rows or row["version"] >= rows[key]["version"]:
                rows.pop(key, None)
                gone[key] = row["version"]
    return rows


def case(name: str) -> dict[str, Any]:
    """One action: the screen before, the frames, the fresh screen after."""
    prepare, act = ACTIONS[name]
    made = scene()
    given = prepare(made) if prepare else None
    grace = build.user("Grace", User.Role.ADMIN)
    log.publish()
    before = everything(grace)
    act(made, given)
    log.publish()
    return {
        "name": name,
        "before": before,
        "frames": frames.after(before["seq"], grace),
        "after": everything(grace),
    }


@pytest.mark.parametrize("name", ACTIONS)
def test_snapshot_and_frames_make_the_fresh_snapshot(name):
    made = CASES[name] = case(name)
    fresh = {(row["kind"], row["id"]): row for row in made["after"]["objects"]}
    kept = reduced(copy.deepcopy(made["before"]), made["frames"])
    assert kept == fresh


def test_every_action_is_in_the_contract():
    public = set()
    for path in Path(actions.__file__).parent.glob("*.py"):
        if path.stem not in PARTS:
            tree = ast.parse(path.read_text())
            public |= {
                f"{path.stem}.{one.name}"
                for one in tree.body
                if isinstance(one, ast.FunctionDef) and one.name[0] != "_"
            }
    covered = {name.split(",")[0] for name in ACTIONS}
    assert public - NOT_ALONE == covered


def test_the_browsers_reducer_agrees_on_every_action(tmp_path):
    node = shutil.which("node")
    if node is None and not os.environ.get("CI"):
        pytest.skip("Node is not installed")
    for number, name in enumerate(ACTIONS):
        if name not in CASES:
            with transaction.atomic():
                CASES[name] = case(name)
                transaction.set_rollback(True)
        (tmp_path / f"{number:02}.json").write_text(json.dumps(CASES[name]))
    command = [str(node), "--test", str(ROOT / "tests/js/contract.test.js")]
    ran = subprocess.run(
        command, env={**os.environ, "CONTRACT_CASES": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
