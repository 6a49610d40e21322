"""What we did not write is exactly what the manifest says it is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

# npm:axe-core@4.14.1, MPL-2.0.
AXE = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
STATIC = Path(__file__).resolve().parents[2] / "static"
PACKAGES = json.loads((STATIC / "vendor" / "manifest.json").read_text(encoding="utf-8"))["packages"]


def test_every_vendored_file_has_the_hash_of_the_manifest() -> None:
    for package in PACKAGES:
        for path, digest in package["sha256"].items():
            assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest() == digest, path


def test_every_package_brings_its_licence_and_says_where_it_came_from() -> None:
    for package in PACKAGES:
        folder = STATIC / "vendor" / f"{package['name']}-{package['version']}"
        assert (folder / "LICENSE").stat().st_size > 200
        assert package["package"] == f"npm:{package['name']}@{package['version']}"
        assert package["licence"]
        assert package["command"]


def test_no_file_lies_in_the_vendor_folder_unlisted() -> None:
    listed = {path for package in PACKAGES for path in package["sha256"]}
    found = {file.relative_to(STATIC).as_posix() for file in (STATIC / "vendor").glob("*/*")}
    assert found <= listed


def test_lit_is_one_self_contained_module() -> None:
    (bundle,) = STATIC.glob("vendor/lit-*/lit.js")
    source = bundle.read_text(encoding="utf-8")
    assert "import" not in source.replace("importNode", "")
    assert "as LitElement" in source


def test_the_accessibility_checker_is_the_published_one() -> None:
    checker = Path(__file__).parent / "axe-core-4.14.1" / "axe.min.js"
    assert hashlib.sha256(checker.read_bytes()).hexdigest() == AXE
