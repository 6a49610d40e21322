"""Static files under hashed names, native JavaScript modules included."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

# The chat widget is served to strangers' pages and brings its own modules.
OUTSIDE_THE_MAP = "widget"


class ModuleManifestStorage(ManifestStaticFilesStorage):
    """Django's manifest storage, which also rewrites relative imports between our modules."""

    support_js_module_import_aggregation = True
    # Django takes a type that JSDoc names, import("./types.js").Row, for an import, and two files that
    # name each other's types for an import cycle. Types begin with a capital letter.
    _js_module_import_aggregation_patterns = (
        "*.js",
        (
            *ManifestStaticFilesStorage._js_module_import_aggregation_patterns[1][:-1],  # type: ignore[attr-defined]
            (r"""(?P<matched>import\(["'](?P<url>[^"']*)["']\))(?!\.[A-Z])""", """import("%(url)s")"""),
        ),
    )
    # One pass for each module that imports the next; the chain is longer than Django's default of five.
    max_post_process_passes = 12


@cache
def module_paths() -> tuple[str, ...]:
    """Our own modules as static paths ("js/inbox/store.js"), sorted."""
    paths: list[str] = []
    for directory in settings.STATICFILES_DIRS:
        root = Path(directory)
        for file in root.glob("js/**/*.js"):
            relative = file.relative_to(root)
            if relative.parts[1] != OUTSIDE_THE_MAP:
                paths.append(relative.as_posix())
    return tuple(sorted(paths))


@cache
def lit_path() -> str:
    """The static path of the vendored Lit bundle, whatever its version."""
    for directory in settings.STATICFILES_DIRS:
        for file in Path(directory).glob("vendor/lit-*/lit.js"):
            return file.relative_to(directory).as_posix()
    raise FileNotFoundError("static/vendor/lit-<version>/lit.js is missing")
