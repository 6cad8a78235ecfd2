"""Settings: everything a company may change comes from the environment (docs/settings.md)."""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _
from platformdirs import user_data_dir

from keystead.config.protection import *  # noqa: F403

PACKAGE = Path(__file__).resolve().parent.parent
KEYSTEAD_HOME = Path(os.environ.get("KEYSTEAD_HOME") or user_data_dir("keystead", appauthor=False))


def _secret_key() -> str:
    given = os.environ.get("KEYSTEAD_SECRET_KEY")
    if given:
        return given
    path = KEYSTEAD_HOME / "secret_key"
    if not path.exists():
        KEYSTEAD_HOME.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass  # another process was first
    return path.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = os.environ.get("KEYSTEAD_SECRET_KEY_FORMER", "").split()
DEBUG = os.environ.get("KEYSTEAD_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("KEYSTEAD_HOSTS", "localhost 127.0.0.1 [::1] testserver").split()
CSRF_TRUSTED_ORIGINS = os.environ.get("KEYSTEAD_ORIGINS", "").split()

INSTALLED_APPS = [  # ours come before guests: the first catalogue that knows a sentence says it
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "keystead.kit",
    "keystead.reference",
    "keystead.accounts",
    "keystead.catalog",
    "keystead.governance",
    "keystead.ledger",
    "keystead.stakeholders",
    "keystead.metrics",
    "keystead.agreements",
    "keystead.pipeline",
    "keystead.profitability",
    "keystead.campaigns",
    "keystead.forecasting",
    "keystead.health",
    "keystead.negotiation",
    "keystead.planning",
    "keystead.scorecards",
    "keystead.reviews",
    "keystead.connectors.counter",
    "keystead.doors.web",
    "keystead.doors.api",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *SINGLE_SIGN_ON,  # noqa: F405
    "allauth.usersessions",
]
MIDDLEWARE = [
    "keystead.config.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "keystead.kit.http.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "keystead.doors.web.read_only.ReadOnlyMiddleware",
    "keystead.doors.web.sign_in.middleware.VisitMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "keystead.doors.api.token.TokenMiddleware",
    "keystead.kit.access.middleware.PolicyMiddleware",
    "keystead.kit.http.commands.CommandMiddleware",
]
# The name of the person who reads: every page opens for them, nothing can be written.
KEYSTEAD_READ_ONLY = os.environ.get("KEYSTEAD_READ_ONLY", "")
KEYSTEAD_SELF_GUARDED = ("/api/", "/static/")  # ninja checks the policy of each operation itself
ROOT_URLCONF = "keystead.config.urls"
WSGI_APPLICATION = "keystead.config.wsgi.application"
AUTH_USER_MODEL = "kit.User"
LOGIN_URL = "/sign-in/"
CSRF_FAILURE_VIEW = "keystead.doors.web.views.problems.csrf_refused"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "keystead.kit.ui.context.shell",
                "keystead.doors.web.context.navigation",
            ],
            "libraries": {"keystead_ui": "keystead.kit.ui.tags"},
        },
    }
]


def _database() -> dict[str, object]:
    url = os.environ.get("KEYSTEAD_DATABASE_URL", "")
    if url:
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    # SQLite older than 3.51.3 can lose a commit when two connections write and checkpoint at
    # once in WAL mode (its WAL-reset bug), so WAL is used only where the bug is fixed.
    journal = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "TRUNCATE"
    return {
        "ENGINE": "keystead.kit.sqlite",
        "NAME": KEYSTEAD_HOME / "keystead.sqlite3",
        "OPTIONS": {
            "transaction_mode": "DEFERRED" if KEYSTEAD_READ_ONLY else "IMMEDIATE",
            "timeout": 30,
            "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; "
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
            + (" PRAGMA query_only=ON;" if KEYSTEAD_READ_ONLY else ""),
        },
        "CONN_MAX_AGE": 60,
        "TEST": {"NAME": ":memory:"},  # named: a test runner knows Django's own engine only
    }


DATABASES = {"default": _database()}
# Holds how often somebody tried to come in: the same for every process that serves.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_remembered",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
if KEYSTEAD_READ_ONLY:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"

LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese")), ("fr", _("French"))]
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("KEYSTEAD_TIME_ZONE", "UTC")
LOCALE_PATHS: list[str] = []
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

STATIC_URL = "/static/"
STATIC_ROOT = KEYSTEAD_HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
KEYSTEAD_MAX_UPLOAD_BYTES = int(os.environ.get("KEYSTEAD_MAX_UPLOAD_BYTES", "536870912"))
# What one person may send in on a day; 0 = as much as they like.
KEYSTEAD_UPLOADS_PER_DAY = int(os.environ.get("KEYSTEAD_UPLOADS_PER_DAY", "1000"))
KEYSTEAD_UPLOAD_BYTES_PER_DAY = int(
    os.environ.get("KEYSTEAD_UPLOAD_BYTES_PER_DAY", str(20 * 2**30))
)
# Days for which states that no longer count stay readable; 0 = for ever.
KEYSTEAD_RETENTION_DAYS = int(os.environ.get("KEYSTEAD_RETENTION_DAYS", "0"))
# Days for which a file that was stopped on its way to a customer waits for a release; 0 = for ever.
KEYSTEAD_STOPPED_DAYS = int(os.environ.get("KEYSTEAD_STOPPED_DAYS", "90"))
# Where the end of the trail is written down besides the home folder, and who gets it by mail.
KEYSTEAD_ANCHOR_DIR = os.environ.get("KEYSTEAD_ANCHOR_DIR", "")
KEYSTEAD_ANCHOR_MAIL = os.environ.get("KEYSTEAD_ANCHOR_MAIL", "")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOG_FORM = "json" if os.environ.get("KEYSTEAD_LOG") == "json" else "plain"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "keystead.config.logs.PlainFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "keystead.config.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORM}},
    "loggers": {
        "keystead.request": {"level": "INFO" if LOG_FORM == "json" else "ERROR"},
        "keystead": {"handlers": ["console"], "level": "INFO"},
        "django.security": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
