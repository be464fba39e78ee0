"""Every setting of the project, read from the environment (docs/running.md lists the variables)."""

import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

django_stubs_ext.monkeypatch()  # so that generic Django classes may be written with their types
env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Which desk is this? -----------------------------------------------------------------------
PRODUCTION: bool = env.bool("PRODUCTION", default=False)
PRACTICE: bool = env.bool("PRACTICE", default=False)
DEBUG: bool = env.bool("DEBUG", default=False)
if PRODUCTION and PRACTICE:
    raise ImproperlyConfigured("The practice desk cannot be switched on with PRODUCTION=1.")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG cannot be switched on with PRODUCTION=1.")

SECRET_KEY: str = (
    env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default=secrets.token_hex(32))
)
PUBLIC_BASE_URL: str = env.str("PUBLIC_BASE_URL", default="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS",
    default=[
        urlsplit(PUBLIC_BASE_URL).hostname or "localhost",
        *([] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]),
    ],
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
HELPLINE_COUNTRY: str = env.str("HELPLINE_COUNTRY", default="IN")
# The legal ground a new case is kept on (privacy.models.LawfulBasis); have your lawyer confirm it.
LAWFUL_BASIS: str = env.str("LAWFUL_BASIS", default="consent")
# What goes before a telephone number that is written without a country (digits, no +).
HELPLINE_CALLING_CODE: str = env.str("HELPLINE_CALLING_CODE", default="91")

# Which part of the service this process is decides its database role.
_IS_CELERY = "celery" in Path(sys.argv[0]).parts[-2:]  # also as `python -m celery`
AMAAN_PROCESS: str = env.str("AMAAN_PROCESS", default="worker" if _IS_CELERY else "web")
if AMAAN_PROCESS not in {"web", "worker", "audit", "owner", "backup"}:
    raise ImproperlyConfigured("AMAAN_PROCESS is web, worker, audit, owner or backup.")

# --- Keys: outside the database, the repository and the environment listing where possible -----
# The key itself is no setting: whatever prints settings must not print it (privacy/ring.py).
AMAAN_MASTER_KEY_FILE: str = env.str("AMAAN_MASTER_KEY_FILE", default="")
AMAAN_KMS: str = env.str("AMAAN_KMS", default="")  # a class that keeps the ring's keys elsewhere
AMAAN_INTAKE_PUBLIC_KEY_FILE: str = env.str("AMAAN_INTAKE_PUBLIC_KEY_FILE", default="")
# Where backups lie, to whom they are sealed ("age1… name" a line), and how long data ones are kept.
BACKUP_FOLDER: str = env.str("BACKUP_FOLDER", default="")
BACKUP_RECIPIENTS_FILE: str = env.str("BACKUP_RECIPIENTS_FILE", default="")
BACKUP_KEEP_DAYS: int = env.int("BACKUP_KEEP_DAYS", default=14)
POSTGRES_PROGRAMS: str = env.str("POSTGRES_PROGRAMS", default="")  # a folder; empty: on the PATH
# Where signed checkpoints of the record are appended, and the key only that process can read.
AMAAN_ANCHOR_FILE: str = env.str("AMAAN_ANCHOR_FILE", default="")
AMAAN_ANCHOR_KEY_FILE: str = env.str("AMAAN_ANCHOR_KEY_FILE", default="")

# --- Applications ------------------------------------------------------------------------------
STAGES = ["privacy", "reference", "accounts", "intake", "cases"]
STAGES += ["takedowns", "referrals", "insight"]
INSTALLED_APPS = [
    "helpline",
    *reversed(STAGES),
    *(["practice"] if PRACTICE else []),
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "guardian",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "helpline.lent.LentConnectionsMiddleware",
    "helpline.bodies.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "helpline.doors.DoorsMiddleware",  # what follows is for pages
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "helpline.headers.PageHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "helpline.language.LinkLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "helpline.csrf.SameOriginCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.IdleLockMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "accounts.middleware.WalkingMiddleware",
    # Last: opens the request's transaction, rendering included, and tells PostgreSQL who acts.
    "privacy.middleware.ActorMiddleware",
]
ROOT_URLCONF = "helpline.urls"
ASGI_APPLICATION = "helpline.asgi.application"
WSGI_APPLICATION = "helpline.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.desk",
                "intake.context.standing_troubles",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Databases: PostgreSQL only ----------------------------------------------------------------
_ROLE = "" if AMAAN_PROCESS == "web" else f"{AMAAN_PROCESS.upper()}_"
# No request or task may wait long for a lock or a slow statement (milliseconds); migrations may.
_TIMEOUTS = {
    "web": "-c statement_timeout=5000 -c lock_timeout=2000",
    "worker": "-c statement_timeout=30000 -c lock_timeout=5000",
    "audit": "-c statement_timeout=60000 -c lock_timeout=5000",
    "owner": "-c lock_timeout=10000",
    "backup": "-c lock_timeout=60000",
}[AMAAN_PROCESS] + " -c idle_in_transaction_session_timeout=60000 -c TimeZone=UTC"


def _database(name: str) -> dict[str, Any]:
    """A database by the URL of this process's role, else by the URL the roles share."""
    # Without any URL only commands that never connect can run (types, messages).
    shared = "" if PRODUCTION else "postgres://127.0.0.1/amaan"
    url = env.str(f"{name}_{_ROLE}URL", default="") or env.str(f"{name}_URL", default=shared)
    found: dict[str, Any] = env.db_url_config(url) if url else {}
    if found.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{name}_URL must name a PostgreSQL database.")
    options = found.get("OPTIONS", {}) | {
        "options": _TIMEOUTS,
        "connect_timeout": 3,
        # A database that the network lost is noticed: unanswered packets (ms), silence (s).
        "tcp_user_timeout": 5000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
    }
    if AMAAN_PROCESS == "web":
        # A provider that waits is answered soon, so that it tries again; and after an outage the
        # next request connects, instead of waiting for a pause that grew with it (all in seconds).
        # Ten for pages, and one for each thread of the providers' doors (helpline.doors.THREADS).
        options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 2, "reconnect_timeout": 2}
    return found | {"CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False, "OPTIONS": options}


# Who chains the record has nothing to open: no way leads from there to the keys.
_KEYS = "DATABASE" if AMAAN_PROCESS == "audit" else "DATABASE_KEYS"
DATABASES = {"default": _database("DATABASE"), "keys": _database(_KEYS)}
DATABASE_ROUTERS = ["privacy.routers.KeysRouter"]

# --- Sign-in -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_TEAM_MODEL = "accounts.Team"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PasswordBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_RULE = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "accounts.passwords.PasswordRule"},
    {"NAME": f"{_RULE}.CommonPasswordValidator"},
    {
        "NAME": f"{_RULE}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
# Words that everybody around the desk knows, so that no password may hold them; team names too.
ORGANISATION_WORDS: list[str] = ["amaan", "helpline", *env.list("ORGANISATION_WORDS", default=[])]
PASSWORD_RESET_TIMEOUT = 30 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or factor is told to its owner
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Wrong passwords and codes are counted in the database (accounts.guessing). The library's counts by
# address are off: whoever shares the desk's address could close the door to all of it.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": ""}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "accounts.forms.FirstCodeForm",
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Amaan"
MFA_TOTP_TOLERANCE = 1  # a clock half a minute off; each code still opens once (accounts.UsedCode)
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# Guardian keeps our rows of who may what; its own backend would be a second, laxer door.
# Django's looks for its own CSRF class by name; ours extends it (helpline.E008 looks for that).
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W003"]

# --- Sessions (database), cookies, headers -----------------------------------------------------
AMAAN_IDLE_SECONDS: int = env.int("AMAAN_IDLE_SECONDS", default=600)
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one shift at most, however busy
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
_HTTPS = PUBLIC_BASE_URL.startswith("https://")
_PREFIX = "__Host-" if _HTTPS else ""
SESSION_COOKIE_NAME = f"{_PREFIX}sessionid"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
PLACE_COOKIE_NAME = f"{_PREFIX}place"  # a browser that somebody came in with before
CSRF_COOKIE_NAME = f"{_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = f"{_PREFIX}language"
LANGUAGE_COOKIE_SECURE = _HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "report-uri": ["/policy/"],
    }
}
# A mail provider posts whole mails; every other address takes far less (helpline/bodies.py).
# Equal sizes: a body is never larger than what stays in memory, so none is written to a disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE + 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # Mailgun: one for each header
DATA_UPLOAD_MAX_NUMBER_FILES = 2000

# --- Language, time, static files --------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("hi", _("Hindi")), ("ar", _("Arabic")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["helpline.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE: str = env.str("TIME_ZONE", default="Asia/Kolkata")
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = not PRODUCTION
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "helpline.static_files.NamedByContent"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS: list[str] = []  # no upload door exists: bytes of a file are never read

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "helpline.api.answer_refusal",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "helpline.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Amaan",
    "VERSION": "0.1.0",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "TakedownStateEnum": "takedowns.models.TakedownRequest.State",
        "ReferralStateEnum": "referrals.models.SupportReferral.State",
    },
}

# --- The outside world -------------------------------------------------------------------------
TWILIO_ACCOUNT_SID: str = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN: str = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_WHATSAPP_FROM: str = env.str("TWILIO_WHATSAPP_FROM", default="")
TWILIO_SMS_FROM: str = env.str("TWILIO_SMS_FROM", default="")
TWILIO_VOICE_FROM: str = env.str("TWILIO_VOICE_FROM", default="")
# Whether who hung up while waiting is called once, although nobody asked if that is safe.
CALL_BACK_MISSED: bool = env.bool("CALL_BACK_MISSED", default=False)
TWILIO_API_BASE: str = env.str("TWILIO_API_BASE", default="")  # empty: Twilio itself
META_APP_SECRET: str = env.str("META_APP_SECRET", default="")
META_VERIFY_TOKEN: str = env.str("META_VERIFY_TOKEN", default="")
META_ACCESS_TOKEN: str = env.str("META_ACCESS_TOKEN", default="")
META_PHONE_NUMBER_ID: str = env.str("META_PHONE_NUMBER_ID", default="")
META_API_VERSION: str = env.str("META_API_VERSION", default="v25.0")
META_API_BASE: str = env.str("META_API_BASE", default="")  # empty: Meta itself
# Messages a second that each line of ours may send; what is more waits a moment. 0: no limit.
SENDING_RATES: dict[str, float] = {
    "whatsapp": env.float("WHATSAPP_PER_SECOND", default=20.0),
    "cloud": env.float("META_PER_SECOND", default=20.0),
    "sms": env.float("SMS_PER_SECOND", default=1.0),
}
# Off: a provider's copy of a picture is deleted at once. On: so many hours are left for a named
# person to have it kept there, unseen, for the police, and at most so many days.
HOLD_MEDIA_FOR_POLICE: bool = env.bool("HOLD_MEDIA_FOR_POLICE", default=False)
HOLD_MEDIA_CHOICE_HOURS: int = env.int("HOLD_MEDIA_CHOICE_HOURS", default=12)
HOLD_MEDIA_MOST_DAYS: int = env.int("HOLD_MEDIA_MOST_DAYS", default=14)
IWF_REPORT_URL: str = env.str("IWF_REPORT_URL", default="")
IWF_LINK_URL: str = env.str("IWF_LINK_URL", default="")
IWF_USER: str = env.str("IWF_USER", default="")
IWF_PASSWORD: str = env.str("IWF_PASSWORD", default="")
IWF_SECRET_KEY: str = env.str("IWF_SECRET_KEY", default="")
IWF_CHILD_PAGE: str = env.str("IWF_CHILD_PAGE", default="")  # where a child's own link leads
IWF_CHANNEL_ID: int = env.int("IWF_CHANNEL_ID", default=51)  # Report_Channel_ID
IWF_LIVE: bool = env.bool("IWF_LIVE", default=False)  # False files reports marked as tests
# The reporter named to IWF is the helpline: never the young person, never a counsellor.
IWF_REPORTER_FIRST_NAME: str = env.str("IWF_REPORTER_FIRST_NAME", default="")
IWF_REPORTER_LAST_NAME: str = env.str("IWF_REPORTER_LAST_NAME", default="")
IWF_REPORTER_EMAIL: str = env.str("IWF_REPORTER_EMAIL", default="")
IWF_REPORTER_COUNTRY_ID: int = env.int("IWF_REPORTER_COUNTRY_ID", default=0)  # 0: not stated
EMAIL_HOST: str = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT: int = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER: str = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD: str = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS: bool = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="hello@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DOOR_HOST: str = env.str("MAIL_DOOR_HOST", default="127.0.0.1")
MAIL_DOOR_PORT: int = env.int("MAIL_DOOR_PORT", default=8025)
MAIL_REPLY_DOMAIN: str = env.str("MAIL_REPLY_DOMAIN", default="localhost")
# The names under which our own mail server writes Authentication-Results; no others are believed.
MAIL_AUTHSERV_IDS: list[str] = [name.lower() for name in env.list("MAIL_AUTHSERV_IDS", default=[])]
EMAIL_BACKEND = "intake.channels.mail_line.MailLine"
IMAP_HOST: str = env.str("IMAP_HOST", default="")  # empty: no mailbox is read
IMAP_PORT: int = env.int("IMAP_PORT", default=993)
IMAP_USER: str = env.str("IMAP_USER", default="")
IMAP_PASSWORD: str = env.str("IMAP_PASSWORD", default="")
IMAP_TLS: str = env.str("IMAP_TLS", default="tls")  # tls, starttls, or none on this machine only
IMAP_FOLDER: str = env.str("IMAP_FOLDER", default="INBOX")
IMAP_KEPT_FOLDER: str = env.str("IMAP_KEPT_FOLDER", default="Kept")  # until it is expunged
IMAP_POLL_SECONDS: int = env.int("IMAP_POLL_SECONDS", default=30)
if IMAP_TLS not in {"tls", "starttls", "none"} or (PRODUCTION and IMAP_TLS == "none"):
    raise ImproperlyConfigured("IMAP_TLS is tls or starttls.")
# "user:password" that mail providers' webhooks come with; Mailgun also signs with its own key.
MAIL_WEBHOOK_SECRET: str = env.str("MAIL_WEBHOOK_SECRET", default="")
ANYMAIL = {
    "WEBHOOK_SECRET": [MAIL_WEBHOOK_SECRET] if MAIL_WEBHOOK_SECRET else [],
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAILGUN_WEBHOOK_SIGNING_KEY", default=""),
    "AMAZON_SES_AUTO_CONFIRM_SNS_SUBSCRIPTIONS": False,
}

# --- Alerts of the record ----------------------------------------------------------------------
# From how many different cases, opened within an hour, a colleague is asked about it (0: never).
ALERT_CASES_AN_HOUR: int = env.int("ALERT_CASES_AN_HOUR", default=30)
# Cases opened so long before or after one's shift are asked about (-1: never).
ALERT_OFF_SHIFT_MINUTES: int = env.int("ALERT_OFF_SHIFT_MINUTES", default=30)

# --- Work in the background --------------------------------------------------------------------
SWEEP_SECONDS: int = env.int("SWEEP_SECONDS", default=15)
# What monitoring shows /health/ as "Authorization: Bearer …" to be told how long work waits.
HEALTH_TOKEN: str = env.str("HEALTH_TOKEN", default="")
SWEEP_HEARTBEAT_FILE: str = env.str("SWEEP_HEARTBEAT_FILE", default="")
AUDIT_SECONDS: int = env.int("AUDIT_SECONDS", default=2)  # the same, of the process of the record
# A bell that does not ring at once is not waited for. Celery's own processes, which live by the
# connection, allow a busy machine more.
_BELL_SECONDS = 5.0 if _IS_CELERY else 0.2
CELERY_BROKER_URL: str = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": _BELL_SECONDS,
    "socket_connect_timeout": _BELL_SECONDS,
    "retry_on_timeout": False,
    "max_retries": 0,
    "visibility_timeout": 120,
}
CELERY_BROKER_CONNECTION_TIMEOUT = _BELL_SECONDS
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
# No limit: a bell that could not be acknowledged while the broker slept would count for ever, and
# the worker hear no other. A bell is only a key; what it stands for waits in the database.
CELERY_WORKER_PREFETCH_MULTIPLIER = 0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # KiB

# --- Reports of errors: kinds and places, never a value ------------------------------------------
DEFAULT_EXCEPTION_REPORTER = "helpline.reports.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "helpline.reports.NoValues"

# --- Logs: constants and codes, never a value (helpline/logs.py) --------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"constant": {"()": "helpline.logs.ConstantFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "constant"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.db.backends": {"level": "CRITICAL"},
        "django.request": {"level": "ERROR"},  # a missing page is not worth a line
        "helpline": {"level": "INFO"},
        "twilio": {"level": "CRITICAL"},  # logs request bodies
        "imapclient": {"level": "CRITICAL"},  # logs what the mail server says
        "mail": {"level": "CRITICAL"},  # aiosmtpd: logs what mail servers say
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn.access": {"level": "CRITICAL"},  # addresses and paths of visitors
    },
}
