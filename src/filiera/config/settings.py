"""Settings of the whole platform; an operator changes them in `filiera.toml` or the environment.

Without FILIERA_DATA (tests, checks, makemigrations) nothing of an installation is read and no key is kept.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from filiera.config.database_settings import database_settings
from filiera.config.installation import BADGE_KEY, FOLDER_VARIABLE, Installation
from filiera.config.operator_settings import OperatorSettings

PACKAGE_DIR = Path(__file__).resolve().parent.parent
PROJECT_DIR = PACKAGE_DIR.parent.parent

_installation = Installation.at(None) if FOLDER_VARIABLE in os.environ else None
_told = _installation.settings if _installation else OperatorSettings()
# The supervisor tells its processes where they are reached and which of them they are.
_port = int(os.environ.get("FILIERA_PORT", "8000"))
_served_host = os.environ.get("FILIERA_HOST", "127.0.0.1")
_process = os.environ.get("FILIERA_PROCESS", "command")
_scheme = "https" if "FILIERA_TLS_CERT" in os.environ else "http"

SECRET_KEY = _installation.secret_key() if _installation else secrets.token_urlsafe(64)
# Signs badges; made at the first one.
BADGE_KEY_FILE = (
    _installation.folder / "keys" if _installation else PROJECT_DIR / "build" / "keys"
) / BADGE_KEY
DEBUG = False
PUBLIC_URL = _told.public_url or f"{_scheme}://localhost:{_port}"
_loopback_hosts = ["localhost", "127.0.0.1", "[::1]"]
_is_loopback_only = _served_host in {"localhost", "127.0.0.1", "::1"}
ALLOWED_HOSTS = [*_loopback_hosts, urlsplit(PUBLIC_URL).hostname or "localhost"]
if not _installation:
    ALLOWED_HOSTS.append("testserver")
elif not _is_loopback_only and not _told.public_url:
    # Asked for with --host and warned of: without a public address we cannot know our own names.
    ALLOWED_HOSTS = ["*"]
# Taking a role without a password exists only where `demo` made the data and only this machine can ask.
DEMONSTRATION = bool(_installation and _installation.is_demonstration and _is_loopback_only)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
    "filiera.shared",
    "filiera.design",
    "filiera.mail",
    "filiera.files",
    "filiera.push",
    "filiera.texts",
    "filiera.accounts",
    "filiera.reference",
    "filiera.organisations",
    "filiera.ledger",
    "filiera.questionnaires",
    "filiera.academy",
    # These hear of an erasure before admissions lets go of the person.
    "filiera.credentials",
    "filiera.workshops",
    "filiera.meetings",
    "filiera.admissions",
    "filiera.live",
    "filiera.indicators",
    "filiera.home",
    "filiera.api",
    "filiera.demo",
    "filiera.config",
    # Below ours, so that our templates and words come before its own.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    # It brings an HTTP client of 5 MB: an installation that names no provider does without.
    *(["allauth.socialaccount.providers.openid_connect"] if _told.providers or not _installation else []),
    "allauth.usersessions",
    "django.forms",  # The templates of its widgets, after ours.
]

MIDDLEWARE = [
    *(["filiera.config.middleware.ForwardedMiddleware"] if _told.trusted_proxies else []),
    "filiera.config.middleware.NulByteMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "filiera.texts.middleware.LanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "filiera.accounts.middleware.SignInForFragmentsMiddleware",
    "filiera.accounts.middleware.AdministrationMiddleware",
    "filiera.config.viewers.ViewerMiddleware",
    "filiera.config.middleware.BusyDatabaseMiddleware",
]

ROOT_URLCONF = "filiera.config.urls"
WSGI_APPLICATION = "filiera.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database_settings(_installation, process=_process)}
DATABASE_APP_ROLE = os.environ.get("FILIERA_DATABASE_APP_ROLE", "filiera_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sign-in counts its failures here: a cache per process would allow each process its own.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "config_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

AUTH_USER_MODEL = "accounts.Person"
# One backend: a second one would hash a wrong password a second time.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "filiera.accounts.adapters.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "filiera.accounts.forms.SignUpDetails"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
SOCIALACCOUNT_ADAPTER = "filiera.accounts.adapters.SocialAccountAdapter"
MFA_ADAPTER = "filiera.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "filiera.accounts.second_factor_forms.AddKeyForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Filiera"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://localhost")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": provider.id,
                "name": provider.name,
                "client_id": provider.client_id,
                "secret": provider.secret,
                "settings": {"server_url": provider.server_url},
            }
            for provider in _told.providers
        ],
    }
}

SESSION_COOKIE_NAME = "filiera_session"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
CSRF_COOKIE_NAME = "filiera_csrf"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = _told.trusted_proxies
if PUBLIC_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    # A balancer asks for these by plain HTTP from inside.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Live updates come from a process of its own: behind a proxy at one origin, else at a port of its own.
PUSH_PORT = int(os.environ.get("FILIERA_PUSH_PORT", "0")) or None
PUSH_HAS_OWN_ORIGIN = PUSH_PORT is not None and _is_loopback_only and not _told.public_url
# A content policy knows no addresses of IPv6; there the pages ask instead of listening.
_push_origins = (
    [f"{_scheme}://{host}:{PUSH_PORT}" for host in ("localhost", "127.0.0.1")] if PUSH_HAS_OWN_ORIGIN else []
)
_provider_origins = [
    f"{parts.scheme}://{parts.netloc}" for parts in (urlsplit(entry.server_url) for entry in _told.providers)
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *_push_origins],
        "manifest-src": [SELF],
        # A form that leads on to a sign-in provider is followed there by the browser.
        "form-action": [SELF, *_provider_origins],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

_mail_backends = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}
EMAIL_BACKEND = _mail_backends[_told.mail.backend]
EMAIL_FILE_PATH = str(_installation.folder / "mail") if _installation else str(PROJECT_DIR / "build" / "mail")
EMAIL_HOST, EMAIL_PORT = _told.mail.host, _told.mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _told.mail.user, _told.mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _told.mail.security == "starttls", _told.mail.security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _told.mail.sender

# Finished pages kept by each page process; the figures measure with none.
PAGE_CACHE_BYTES = int(os.environ.get("FILIERA_PAGE_CACHE_BYTES", 4 * 1024 * 1024))

FILES_ROOT = _installation.files_folder if _installation else PROJECT_DIR / "build" / "files"
MEDIA_ROOT = FILES_ROOT
# Drawings that were made once; whatever is lost here is drawn again.
CHARTS_FOLDER = _installation.folder / "charts" if _installation else PROJECT_DIR / "build" / "charts"
# More than any field takes, so that a text too long is refused at its field and not lost with the page.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("it", "Italiano")]
TIME_ZONE = "UTC"
# Whose calendar the years and months of figures follow.
FIGURES_ZONE = _told.figures_zone
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("FILIERA_STATIC", PROJECT_DIR / "build" / "static"))
_is_collected = _process == "collect" or (bool(_installation) and (STATIC_ROOT / "staticfiles.json").exists())
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "filiera.config.storage.HashedStaticFiles"
        if _is_collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# In tests and during development files are served from where they are written.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _is_collected
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["standard_error"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # A wrong address is the visitor's mistake, and 4xx answers are in the access log of the proxy.
        "django.request": {"level": "ERROR"},
        "filiera": {"level": "INFO"},
    },
}
