"""A cache that may be away: then nothing is found and nothing is kept, and the page is still served."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Rate limits of the log-in fail open while Redis is away, and the log-in works."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a value, if possible."""
        self._try(lambda: super(ForgivingRedisCache, self).set(key, value, *args, **kwargs), None)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep a value where there is none. While Redis is away, nothing was there."""
        return bool(self._try(lambda: super(ForgivingRedisCache, self).add(key, value, *args, **kwargs), True))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value."""
        return bool(self._try(lambda: super(ForgivingRedisCache, self).delete(key, version), False))

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep a value for longer."""
        return bool(self._try(lambda: super(ForgivingRedisCache, self).touch(key, *args, **kwargs), False))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """The values that are found."""
        found: dict[Any, Any] = self._try(lambda: super(ForgivingRedisCache, self).get_many(keys, version), {})
        return found

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up; while Redis is away, as if for the first time."""
        return int(self._try(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), delta))

    def _try(self, call: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return call()
        except RedisError as error:
            logger.warning("The cache is away: %s", error)
            return otherwise
