"""Every setting, in one file. Values come from the environment (prefix HELPDESK_) or from the data directory."""

from __future__ import annotations

import hashlib
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from helpdesk import environment, installation, stores

# --- Where things are -------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.directory("DATA_DIR", BASE_DIR / ".data")
STACK = installation.read_stack(DATA_DIR)

# --- Keys -------------------------------------------------------------------------------------

SECRET_KEY = environment.text("SECRET_KEY")
ENCRYPTION_KEYS = environment.words("ENCRYPTION_KEYS")
if not SECRET_KEY or not ENCRYPTION_KEYS:
    _keys = installation.read_or_make_keys(DATA_DIR)
    SECRET_KEY = SECRET_KEY or _keys.secret_key
    ENCRYPTION_KEYS = ENCRYPTION_KEYS or list(_keys.encryption_keys)

# Keeps installations that share one Redis apart, Pub/Sub included (it ignores database numbers).
PREFIX = environment.text("PREFIX") or "ot" + hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:10]

# --- Public face ------------------------------------------------------------------------------

DEBUG = environment.flag("DEBUG", False)
PUBLIC_URLS = [url.rstrip("/") for url in environment.words("PUBLIC_URL")] or [
    STACK.base_url if STACK else "http://127.0.0.1:8000"
]
PUBLIC_URL = PUBLIC_URLS[0]
IS_HTTPS = PUBLIC_URL.startswith("https://")
IS_DEMO = environment.flag("DEMO", False)
# Whether the demo's customers keep writing, until somebody sets the switch.
DEMO_TRICKLE = environment.flag("DEMO_TRICKLE", True)
# Only the stories that were written by hand: loaded in a few seconds, for tests.
DEMO_IS_SMALL = environment.flag("DEMO_SMALL", False)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = PUBLIC_URLS
# A proxy is believed only where the operator says that one stands in front.
if environment.flag("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Parts ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "helpdesk.accounts",
    "helpdesk.events",
    "helpdesk.ui",
    "customers",
    "conversations",
    "channels_ingest",
    "ai_tier1",
    "helpdesk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "helpdesk.ui.framing.FrameOptionsMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
ASGI_APPLICATION = "helpdesk.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["helpdesk.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "helpdesk.ui.context.page",
            ],
        },
    }
]

# --- Stores -----------------------------------------------------------------------------------

DATABASE_URL = environment.text("DATABASE_URL") or (STACK.database_url if STACK else "postgresql:///onethread")
REDIS_URL = environment.text("REDIS_URL") or (STACK.redis_url if STACK else "redis://127.0.0.1:6379/0")
DATABASES = {"default": stores.database(DATABASE_URL, environment.integer("DATABASE_POOL_SIZE", 0))}

_CACHE = {
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": PREFIX,
    "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
}
CACHES = {
    # Redis may be away at any moment; what is cached can be done without.
    "default": {"BACKEND": "helpdesk.forgiving_cache.ForgivingRedisCache", **_CACHE},
    # Whether Redis is there is the very question here.
    "signs_of_life": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **_CACHE},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# The pubsub layer: the core layer's blocking read closes idle sockets under redis-py 8.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 1, "socket_timeout": 1}],
            "prefix": PREFIX,
        },
    }
}

# --- Jobs -------------------------------------------------------------------------------------

CELERY_BROKER_URL = stores.celery_redis(REDIS_URL)
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": PREFIX + ":",
    # A worker waits for work; the web process only hands work over, and a Redis that hangs must not hold it up.
    "socket_timeout": environment.integer("BROKER_TIMEOUT_SECONDS", 20),
    "socket_connect_timeout": 1,
    # Longer than any task's hard time limit, or an unacknowledged task would run twice at once.
    "visibility_timeout": 600,
    # Else a broker that is away costs every publisher six seconds. Workers have a patience of their own.
    "max_retries": 0,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"global_keyprefix": PREFIX + ":"}
CELERY_RESULT_EXPIRES = 120
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"ai_tier1.*": {"queue": "ai"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A second less than `up` allows its workers.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Every interval is short: beat has nothing to remember, and no file to lose.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "publish events": {"task": "events.sweep", "schedule": 2.0, "options": {"expires": 4}},
    "sweep the ledger": {"task": "channels_ingest.sweep", "schedule": 3.0, "options": {"expires": 6}},
    "read mailboxes": {"task": "channels_ingest.poll_mailboxes", "schedule": 5.0, "options": {"expires": 10}},
    "find missed messages": {"task": "channels_ingest.find_all_missed", "schedule": 15.0, "options": {"expires": 30}},
    "price deliveries": {"task": "channels_ingest.price", "schedule": 120.0, "options": {"expires": 110}},
    "sync templates": {"task": "channels_ingest.sync_due_templates", "schedule": 20.0, "options": {"expires": 15}},
    "sweep tier-1 turns": {"task": "ai_tier1.sweep", "schedule": 3.0, "options": {"expires": 6}},
    "wake snoozed conversations": {"task": "conversations.wake_snoozed", "schedule": 15.0, "options": {"expires": 30}},
    "answer who left": {
        "task": "conversations.answer_those_who_left",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "forget unsent files": {
        "task": "conversations.remove_unsent_uploads",
        "schedule": 600.0,
        "options": {"expires": 500},
    },
    "note a living beat": {"task": "helpdesk.heartbeat", "schedule": 5.0, "options": {"expires": 10}},
    "note a living model": {
        "task": "helpdesk.heartbeat_ai",
        "schedule": 5.0,
        "options": {"expires": 10, "queue": "ai"},
    },
}
if IS_DEMO:
    CELERY_BEAT_SCHEDULE["let a demo customer write"] = {
        "task": "helpdesk.trickle",
        "schedule": 20.0,
        "options": {"expires": 15},
    }

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
ACCOUNT_ADAPTER = "helpdesk.accounts.adapter.ClosedAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "account_login"

# --- Browser security -------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "onethread_session"
CSRF_COOKIE_NAME = "onethread_csrf"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *[url.replace("http", "ws", 1) for url in PUBLIC_URLS]],
        "frame-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Language, time, files --------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = environment.directory("STATIC_ROOT", DATA_DIR / "static")
MEDIA_ROOT = environment.directory("MEDIA_ROOT", DATA_DIR / "files")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"file_permissions_mode": 0o600}},
    "staticfiles": {"BACKEND": "helpdesk.ui.static_files.ModuleManifestStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# One file that an agent adds to a message. What a channel takes is in conversations/file_kinds.py, and mostly less.
MAX_UPLOAD_BYTES = environment.integer("MAX_UPLOAD_MB", 100) * 1024 * 1024

# --- Mail that Onethread itself sends (log-in mails); channels have connections of their own ----

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = environment.text("SMTP_HOST", "localhost")
EMAIL_PORT = environment.integer("SMTP_PORT", 25)
EMAIL_HOST_USER = environment.text("SMTP_USER")
EMAIL_HOST_PASSWORD = environment.text("SMTP_PASSWORD")
EMAIL_USE_TLS = environment.flag("SMTP_STARTTLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("FROM_EMAIL", "onethread@localhost")

# Whom to ask for the keys of senders' domains: addresses, "off", or empty for the system's resolvers.
DNS_SERVERS = environment.words("DNS_SERVERS")

# --- API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "helpdesk.accounts.api_tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["helpdesk.accounts.permissions.IsActiveAgent"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["helpdesk.ui.parsing.PatientJsonParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_PAGINATION_CLASS": "helpdesk.ui.paging.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "helpdesk.ui.api_errors.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Onethread",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# --- Tier-1 -----------------------------------------------------------------------------------

# Empty: the packaged model, hash checked. Else a sentence-transformers name or directory.
EMBEDDING_MODEL = environment.text("EMBEDDING_MODEL")

# --- Logs -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "INFO")},
    # Celery tells of every task three times; httpx of every call.
    "loggers": {
        name: {"level": "WARNING"} for name in ("httpx", "celery.app.trace", "celery.worker.strategy", "celery.beat")
    },
}
