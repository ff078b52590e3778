"""The portal's settings: one file, fed by the environment through ``portal.env``."""

from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF

from portal import env

BASE_DIR = env.BASE_DIR
VAR_DIR = env.var_dir()
EMBEDDED = env.is_embedded()

SECRET_KEY = env.secret_key()
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", default="")
# Apart from SECRET_KEY, whose rotation must not make a document number unreadable.
PERSONAL_DATA_KEYS = env.personal_data_keys()
# Apart from both: whoever can sign a receipt can say when something arrived.
RECEIPT_KEYS = env.receipt_keys()
RETENTION_NIGHTLY = env.flag("RETENTION_NIGHTLY", default=False)
DEBUG = env.flag("DEBUG", default=False)
CANONICAL_URL = env.text("CANONICAL_URL", embedded="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", embedded="localhost,127.0.0.1,[::1]")
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=0)
IS_HTTPS = CANONICAL_URL.startswith("https://")

SITE_NAME = env.text("SITE_NAME", default="数据要素×大赛")
ICP_NUMBER = env.text("ICP_NUMBER", default="")
POLICE_NUMBER = env.text("POLICE_NUMBER", default="")

INSTALLED_APPS = [
    "portal.dashboards",
    "judging",
    "submissions",
    "tracks",
    "portal.notifications",
    "portal.accounts",
    "portal.core",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "hijack",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "portal.core.hardening.ProxyMiddleware",
    "portal.core.middleware.RequestMiddleware",
    "portal.core.hardening.PolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "portal.core.hardening.PrivacyMiddleware",
    "portal.core.hardening.SourcesMiddleware",
    "portal.core.shedding.OverloadMiddleware",
    "portal.core.middleware.PlainRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.core.shedding.ServiceMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.acting.ActingMiddleware",
    "portal.accounts.refusals.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.SecondFactorMiddleware",
    "portal.accounts.middleware.AccountPagesMiddleware",
    "portal.accounts.asking.AgreementMiddleware",
    "portal.core.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
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
                "portal.core.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.core.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": env.cache(),
    # Pages as visitors without a session see them, each process its own (portal.core.remembered).
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}
STORAGES = {
    "default": env.storage(),
    "staticfiles": {"BACKEND": "portal.core.assets.Assets"},
}

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Static files; uploads are served by views alone, there is no MEDIA_URL.
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Files
UPLOAD_PARTS_DIR = env.parts_dir()
FILES_SENT_BY = env.files_sent_by()
TEAM_QUOTA = env.number("TEAM_QUOTA_MB", default=5000) * 1024**2
CLAMAV_ADDRESS = env.text("CLAMAV_ADDRESS", default="")

# For fault tests alone (portal.core.failpoints); nobody else sets it.
FAILPOINTS_DIR = env.failpoints_dir()

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "portal.accounts.passwords.StrengthValidator"},
]
ACCOUNT_ADAPTER = "portal.notifications.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "portal.accounts.forms.SignupForm",
    "login": "portal.accounts.entrance.LoginForm",
    "reset_password": "portal.accounts.entrance.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.entrance.ResetPasswordKeyForm",
    "change_password": "portal.accounts.entrance.ChangePasswordForm",
    "set_password": "portal.accounts.entrance.SetPasswordForm",
    "reauthenticate": "portal.accounts.entrance.ReauthenticateForm",
    "add_email": "portal.accounts.entrance.AddEmailForm",
    "request_login_code": "portal.accounts.entrance.RequestLoginCodeForm",
    "confirm_login_code": "portal.accounts.entrance.ConfirmLoginCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "portal.accounts.models.display_name"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 1
# A mail may take its time.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "portal.accounts.tokens.ResetToken"  # noqa: S105 - where the class is
# portal.accounts.limits says what is counted where.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "5/5m/key",
    "login_failed_from_one_address": "20/m/ip",
    "login_failed_anywhere": "30/h/key",
    "request_login_code": "3/10m/key",
    "request_login_code_from_one_address": "20/m/ip",
    "request_login_code_anywhere": "10/h/key",
    "reset_password": "20/m/ip,5/15m/key",
    "signup": "30/m/ip",
    "confirm_email": "1/1m/key,6/h/key",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_ADAPTER = "portal.accounts.factors.FactorAdapter"
MFA_FORMS = {
    "authenticate": "portal.accounts.factors.AuthenticateForm",
    "reauthenticate": "portal.accounts.factors.ReauthenticateForm",
    "activate_totp": "portal.accounts.factors.ActivateTOTPForm",
    "add_webauthn": "portal.accounts.factors.AddWebAuthnForm",
    "authenticate_webauthn": "portal.accounts.factors.AuthenticateWebAuthnForm",
    "login_webauthn": "portal.accounts.factors.LoginWebAuthnForm",
    "reauthenticate_webauthn": "portal.accounts.factors.ReauthenticateWebAuthnForm",
    "edit_webauthn": "portal.accounts.factors.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody is signed in without a proven address, so another one that still waits may wait.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
SECOND_FACTOR_KEYS = [SECRET_KEY, *SECRET_KEY_FALLBACKS]
REQUIRE_ADMIN_SECOND_FACTOR = env.flag("REQUIRE_ADMIN_SECOND_FACTOR", default=not EMBEDDED)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboards:desk"
LOGOUT_REDIRECT_URL = "dashboards:home"
# A site admin acts for somebody (portal/accounts/acting.py). The banner is our own.
HIJACK_PERMISSION_CHECK = "portal.accounts.acting.may_act_for"
HIJACK_INSERT_BEFORE = None

# Browser
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if IS_HTTPS else "device"
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.core.views.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
# Subdomains and browsers' preload lists are for whoever owns the domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A page without scripts sends each cell of each table of an entry as a field of its own.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Load. The last look, the submit and its receipt are served first, whatever else waits; deploy/nginx.conf brings them
# to processes of their own.
SHED_AFTER_SECONDS = env.number("SHED_AFTER_SECONDS", default=0)
MOST_REQUESTS_AT_ONCE = env.number("MOST_REQUESTS_AT_ONCE", default=0)
# Chunks of files that a web process reads at once; the rest of its threads are there for everything else.
MOST_UPLOADS_AT_ONCE = env.number("MOST_UPLOADS_AT_ONCE", default=2)
SERVED_FIRST = r"/submissions/(?:[0-9a-f-]+/(?:files/)?submit/|receipts/[0-9a-f-]+/(?:receipt\.json)?|late/[0-9a-f-]+/)"
# How old a process's knowledge of the service's mode may be.
SERVICE_STATE_SECONDS: float | None = 2

# Mail
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", embedded="portal@localhost")
ADMINS = [(address, address) for address in env.names("ADMINS", default="")]
MAILBOX_DIR: Path | None = env.mailbox_dir()
globals().update(env.email())

# Celery: the outbox is the truth, the broker a doorbell.
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = env.broker()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "portal.notifications.tasks.drain_outbox", "schedule": 15.0},
    # In steps: each takes up where the last one stopped, until the day's verification is done.
    "verify-trail": {"task": "portal.notifications.periodic.verify_trail", "schedule": 300.0},
    "check-invariants": {
        "task": "portal.notifications.periodic.check_invariants",
        "schedule": crontab(hour=4, minute=20),
    },
    "sweep-uploads": {"task": "submissions.periodic.sweep_uploads", "schedule": 600.0},
    "sweep-offers": {"task": "submissions.periodic.sweep_offers", "schedule": 600.0},
    "sweep-claims": {"task": "submissions.periodic.sweep_claims", "schedule": 600.0},
    "sweep-facts": {"task": "submissions.periodic.sweep_facts", "schedule": 300.0},
    "sweep-near": {"task": "submissions.periodic.sweep_near", "schedule": 60.0, "options": {"expires": 55}},
    "remind-teams": {"task": "submissions.periodic.remind", "schedule": 300.0},
    "sweep-files": {"task": "submissions.periodic.sweep_files", "schedule": crontab(hour=2, minute=40)},
    # Likewise, and only at night.
    "check-files": {"task": "submissions.periodic.check_files", "schedule": 300.0},
    "clear-sessions": {"task": "portal.accounts.periodic.clear_sessions", "schedule": crontab(hour=3, minute=10)},
    "sweep-exports": {"task": "portal.accounts.periodic.sweep_exports", "schedule": 600.0},
}
if RETENTION_NIGHTLY:
    # 03:40, when nobody waits for the database.
    CELERY_BEAT_SCHEDULE["retention"] = {
        "task": "portal.accounts.periodic.run_retention",
        "schedule": crontab(hour=3, minute=40),
    }

# REST
API_REQUESTS_A_MINUTE = env.number("API_REQUESTS_A_MINUTE", default=600)
# Its own migrations make a table that ours takes the place of, and whose foreign key would stay.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - the name of a model
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_PREFIX": "portal_"}
REST_FRAMEWORK = {
    # The first one's scheme is what a 401 names.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.core.api_access.WithinToken"],
    "DEFAULT_RENDERER_CLASSES": ["portal.core.api_formats.AnyTextJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.core.api_formats.ShallowJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["portal.core.api.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portal.core.api.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.core.api.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["portal.core.api_throttle.MinuteThrottle"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Competition portal",
    "DESCRIPTION": "Tracks, topics and published results of the contests on this portal.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "portal.core.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "portal.core.secrecy.SecrecyFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]},
    },
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", default="INFO")},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        # Without handlers of its own: Django would mail ADMINS the whole request, with what must stay out of logs.
        "django": {"level": "INFO"},
        # gunicorn's access log would repeat it
        "django.server": {"level": "WARNING"},
    },
}
