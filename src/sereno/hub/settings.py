"""Django's settings, from the box's (`sereno.box.settings`)."""

from __future__ import annotations

import os
from datetime import timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

from sereno.box.database import connection_url
from sereno.box.secrets import fernet, read_secret
from sereno.box.settings import load_settings

BOX = load_settings()
_DATA = BOX.data_dir

SECRET_KEY = read_secret(_DATA.django_key)
SERENO_FERNET = fernet(BOX)
SERENO_TICKET_KEY = read_secret(_DATA.ticket_key)
SERENO_TICKET_PUBLIC_KEY = read_secret(_DATA.ticket_public_key)
# Whose token lies here is this box's own node: front finds it at its socket.
SERENO_NODE_TOKEN_FILE = _DATA.node_token
SERENO_ALARM_AFTER = timedelta(seconds=BOX.alarm_after)
SERENO_IS_DEMO = os.environ.get("SERENO_DEMO") == "1"

DEBUG = False
ALLOWED_HOSTS = list(BOX.host_names)
ROOT_URLCONF = "sereno.hub.urls"
WSGI_APPLICATION = "sereno.hub.wsgi.application"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "sereno.audit",
    "sereno.accounts",
    "sereno.sites",
    "sereno.devices",
    "sereno.footage",
    "sereno.enforcer",
    "sereno.coverage",
    "sereno.live",
    "sereno.errands",
    "sereno.health",
    "sereno.compat",
    "sereno.hub",
]

MIDDLEWARE = [
    "sereno.hub.headers.safe_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": None,  # one connection a thread, kept and looked after
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(connection_url(BOX))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["sereno.accounts.auth.SlowedBackend"]
PASSWORD_HASHERS = ["sereno.accounts.passwords.SmallArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username",)}),
    )
]

# Only front reaches the hub's socket, and it writes this header itself: it can be believed.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_NAME = "sereno_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would sign people out who follow a link to an alarm
SESSION_COOKIE_SECURE = BOX.is_tls
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = BOX.is_tls
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = _DATA.cache / "static"  # front serves it

UNFOLD = {"SITE_TITLE": "Sereno", "SITE_HEADER": "Sereno", "SITE_URL": "/"}

# Each process sends its lines through `sereno.box.logs`, which removes secrets.
LOGGING_CONFIG = None
