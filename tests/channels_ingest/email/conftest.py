"""The e-mail tests need no database; settings are configured only where nobody else did."""

from __future__ import annotations

import os

from django.conf import settings

if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
    settings.configure(USE_TZ=True)
