"""Credentials at rest: encrypted with a ring of keys, so that keys can be rotated."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=1)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured(
            "HELPDESK_ENCRYPTION_KEYS must be 32 random bytes each, in url-safe base64, separated by commas"
        ) from error


def encrypt(text: str) -> str:
    """The text, readable only with one of the installation's keys. The first key encrypts."""
    return _ring(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """What ``encrypt`` was given. Raises ImproperlyConfigured where no key fits."""
    try:
        return _ring(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ImproperlyConfigured("A stored credential was encrypted with a key this installation lacks.") from error


class EncryptedJSONField(models.TextField):  # type: ignore[type-arg]
    """A small JSON object that the database only ever sees encrypted."""

    if TYPE_CHECKING:  # what the stubs call the types a field takes and gives
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    description = "Encrypted JSON"

    def from_db_value(self, value: str | None, *_: object) -> Any:
        """Decrypted on reading."""
        return None if value is None else json.loads(decrypt(value))

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypted on writing."""
        return None if value is None else encrypt(json.dumps(value))
