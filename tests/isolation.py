"""A pytest plugin (``-p tests.isolation``) that keeps test workers apart.

A plugin and not a conftest: pytest-django reads the settings before any conftest, and they read these variables.
"""

from __future__ import annotations

import os
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

# Redis Pub/Sub ignores database numbers: only names keep two workers from hearing each other.
os.environ["HELPDESK_PREFIX"] = f"test-{WORKER}"
if "HELPDESK_DATA_DIR" in os.environ:
    os.environ["HELPDESK_MEDIA_ROOT"] = str(Path(os.environ["HELPDESK_DATA_DIR"]) / f"files-{WORKER}")
