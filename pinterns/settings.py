"""All settings, read from the environment. The README's table describes every variable."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DEBUG = env.bool("DEBUG", default=False)


def required(name: str, *, in_debug: str, what: str) -> str:
    """The variable's value; with DEBUG a harmless default, without it a refusal to start that says what is missing."""
    value = env.str(name, default=in_debug if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set the environment variable {name} to {what}, or DEBUG=1 on your own machine."
        )
    return value


SECRET_KEY = required("SECRET_KEY", in_debug="only-for-development", what="a long random text that stays secret")
ALLOWED_HOSTS = required(
    "ALLOWED_HOSTS", in_debug="localhost,127.0.0.1,[::1]", what="the host names of this site, comma-separated"
).split(",")
# Letters carry links to this address alone, whatever Host a request came with.
SITE_URL = env.str(
    "SITE_URL", default="http://127.0.0.1:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
).rstrip("/")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="internships@pinterns.example")
# Who employs the interns, as search engines are told.
ORGANIZATION_NAME = env.str("ORGANIZATION_NAME", default="Pinterns")
ORGANIZATION_URL = env.str("ORGANIZATION_URL", default=SITE_URL)

# --- The house -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "pinterns",
    "reviews",
    "applications",
    "programs",
    "letters",
    "accounts",
    "pinterns.admin_config.PinternsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_htmx",
    "csp",
    "django_countries",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # before what answers with an error by itself
    "pinterns.middleware.MethodMiddleware",
    "pinterns.middleware.BodyLimitMiddleware",
    "pinterns.middleware.FullDiskMiddleware",
    "pinterns.middleware.Utf8Middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pinterns.middleware.PrivateMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionUseMiddleware",
    "accounts.middleware.RefusalLogMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "pinterns.urls"
WSGI_APPLICATION = "pinterns.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pinterns.context.site",
            ],
        },
    },
]
FORM_RENDERER = "pinterns.widgets.WidgetRenderer"
CRISPY_TEMPLATE_PACK = "pinterns"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["pinterns"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database --------------------------------------------------------------------------------------------------------
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'pinterns.sqlite3'}")}
# Opening a connection for each request costs more than most requests; a check finds those that the server dropped.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "pinterns.postgres"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that begins deferred fails with "database is locked" when it turns into a writer.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

# --- People ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# Who is signed in, and permissions; nobody has a password. Sessions from before the first was there name the second.
AUTHENTICATION_BACKENDS = ["accounts.backends.PeopleBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "applications"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code has proved the address before an account exists
# What allauth counts itself; how many codes may be asked for, accounts/codes.py says. Whole universities share one network
# address, so limits per address are wide and those per person tight.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "600/10m/ip,10/5m/key",  # key: person, after the code by e-mail
    "reauthenticate": "20/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Pinterns"
MFA_TOTP_TOLERANCE = 1  # step of 30 s to either side: people type slowly, and phones drift
MFA_FORMS = {
    "activate_totp": "accounts.second_factor.SetUpAppForm",
    "authenticate": "accounts.second_factor.ShowCodeForm",
    "reauthenticate": "accounts.second_factor.ShowCodeAgainForm",
    "add_webauthn": "accounts.second_factor.AddPasskeyForm",
    "authenticate_webauthn": "accounts.second_factor.ShowPasskeyForm",
    "reauthenticate_webauthn": "accounts.second_factor.ShowPasskeyAgainForm",
}
# Rate limits live in the cache, and nothing else does: in the database they hold for all processes on all hosts.
# Its default of 300 entries would let anybody flush them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# A second factor is asked of staff wherever real people's data may be.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not DEBUG)

# --- Words and times -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# In one language every text is there as it is written, and looking it up costs a tenth of a page.
USE_I18N = len(LANGUAGES) > 1
FORMAT_MODULE_PATH = "pinterns.formats"
TIME_ZONE = "UTC"
USE_TZ = True

# --- Letters ---------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = EMAIL_CONFIG.get("EMAIL_FILE_PATH") or str(DATA_DIR / "mail")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)  # seconds
# Somebody waits at the page for a code, and a thread of the site with them.
EMAIL_CODE_TIMEOUT = env.int("EMAIL_CODE_TIMEOUT", default=min(5, EMAIL_TIMEOUT))  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Pinterns <{CONTACT_EMAIL}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A decision's letter waits so long, in which the decision can still be taken back unseen.
LETTER_DELAY_MINUTES = env.int("LETTER_DELAY_MINUTES", default=10)

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "static-collected")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MIMETYPES = {".speculationrules": "application/speculationrules+json"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "pinterns.storage.WholeFileStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "pinterns.storage.StaticFiles"
    },
}
# Where nginx hands the files out, which Django names to it in X-Accel-Redirect; see docs/nginx.conf.
FILES_X_ACCEL = env.str("FILES_X_ACCEL", default="")
S3_SIGNED_URLS = False
if env.str("S3_BUCKET", default=""):
    from pinterns.s3 import CONFIG  # its libraries are loaded where there is a store alone

    STORAGES["default"] = {
        "BACKEND": "pinterns.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
            "file_overwrite": False,
            "max_memory_size": 2**20,
            "client_config": CONFIG,
        },
    }
    # Downloads come from the store itself, by addresses that hold for a minute.
    S3_SIGNED_URLS = env.bool("S3_SIGNED_URLS", default=False)
    if FILES_X_ACCEL:
        raise ImproperlyConfigured(
            "FILES_X_ACCEL is for files on this machine, and S3_BUCKET keeps them in a store. Unset one of the two."
        )
if FILES_X_ACCEL and not (FILES_X_ACCEL.startswith("/") and FILES_X_ACCEL.endswith("/")):
    raise ImproperlyConfigured("FILES_X_ACCEL is to begin and end with a slash, as in /protected-files/.")
# nginx is another user, of the site's group.
FILE_UPLOAD_PERMISSIONS = 0o640 if FILES_X_ACCEL else 0o600
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "pinterns.storage.RoomyUploadHandler",
]
# /healthz tells that the site is not well where a disk that it writes to has less room.
LEAST_FREE_MB = env.int("LEAST_FREE_MB", default=100)
# What all text fields of one form may hold together; a draft is never larger.
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# A request with its files; over it, the answer is a 413 page before the body is read.
MAX_REQUEST_BYTES = env.int("MAX_REQUEST_BYTES", default=32 * 1024 * 1024)

# --- Security --------------------------------------------------------------------------------------------------------
# One policy, enforced everywhere and without exception: recruiters read hostile text.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31536000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# W005 and W021: HSTS for subdomains and preloading bind hosts other than this one, so their owner decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "pinterns.views.csrf_failure"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60  # seconds: a candidate comes back to a draft within two weeks
SESSION_COOKIE_HTTPONLY = True
# A session of staff ends when nothing happened for so long; pages warn before, and with one click it goes on.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=60)

# Logs tell nothing about a person, and no error is reported by mail: such a report quotes whole requests. In development
# one reads the messages too.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "logging.Formatter" if DEBUG else "pinterns.logs.NamelessFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": []},
        "django.server": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # It logs what breaks while an answer is being sent, with the whole address.
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
    },
}
