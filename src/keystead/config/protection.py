"""Settings of coming in: passwords, second step, sessions, cookies, mail, single sign-on."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

HTTPS = os.environ.get("KEYSTEAD_HTTPS") == "1"
PROXIES = int(os.environ.get("KEYSTEAD_PROXIES", "1" if HTTPS else "0"))


def _minutes(given: str | None, default: int) -> int:
    return max(int(given or default), 1) * 60


def _secret(value: str, path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip() if path and not value else value


# Cookies and transport. TLS ends at the proxy in front, which says so in a header.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# Behind TLS a cookie is bound to this host alone: no other one can set or read it.
KEYSTEAD_COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = KEYSTEAD_COOKIE_PREFIX + "sessionid"
CSRF_COOKIE_NAME = KEYSTEAD_COOKIE_PREFIX + "csrftoken"
LANGUAGE_COOKIE_NAME = KEYSTEAD_COOKIE_PREFIX + "django_language"
SECURE_SSL_REDIRECT = HTTPS
# A container asks for its health without a proxy; a program that speaks plainly is refused, not
# sent on: its token was seen by everybody on the way.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^api/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Preloading binds a whole domain for ever: that is for its owner to decide, not for one program.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# How long a sign-in lasts: so long without a click, and so long at most.
KEYSTEAD_SESSION_IDLE_SECONDS = _minutes(os.environ.get("KEYSTEAD_SESSION_IDLE_MINUTES"), 480)
SESSION_COOKIE_AGE = _minutes(os.environ.get("KEYSTEAD_SESSION_HOURS"), 168) * 60
KEYSTEAD_RECENT_SECONDS = _minutes(os.environ.get("KEYSTEAD_RECENT_MINUTES"), 15)
# Deciding an approval needs a sign-in of just now as well (21 CFR 11 asks for that).
KEYSTEAD_RECENT_FOR_APPROVALS = os.environ.get("KEYSTEAD_RECENT_FOR_APPROVALS") == "1"
# Tries count even when a program names its command: their count is no effect to take back.
KEYSTEAD_UNREPEATED = ("/sign-in/", "/profile/password/")

# Passwords: long rather than odd (ASVS V6.2).
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "keystead.kit.access.passwords.WordsValidator"},
    {"NAME": "keystead.kit.access.passwords.BreachedValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name", "last_name", "email")},
    },
]
# Words that everybody would guess here: our name, the company's, its products.
KEYSTEAD_PASSWORD_WORDS = frozenset(
    {"keystead", *os.environ.get("KEYSTEAD_PASSWORD_WORDS", "").lower().split()}
)
# A file of SHA-1 hashes of passwords that leaked, in order ("HASH:count" a line): no call out.
KEYSTEAD_BREACHED_PASSWORDS = os.environ.get("KEYSTEAD_BREACHED_PASSWORDS", "")
KEYSTEAD_FIRST_PASSWORD_HOURS = int(os.environ.get("KEYSTEAD_FIRST_PASSWORD_HOURS", "72"))
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

# django-allauth, closed: nobody signs up, nobody manages addresses here.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_ADAPTER = "keystead.doors.web.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_TIMEOUT = KEYSTEAD_RECENT_SECONDS
# Tied to the address of the user row alone: a former address opens nothing.
_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = _GENERATOR
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,8/5m/key",
    "reauthenticate": "10/m/user",
    "reset_password": "10/m/ip,3/5m/key",
    "reset_password_from_key": "10/m/ip",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "keystead.doors.web.sign_in.adapter.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Keystead"
MFA_TOTP_TOLERANCE = 1  # half a minute either way, for clocks that are a little off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the administrator
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
# Roles that must use a second step, such as "finance compliance admin".
KEYSTEAD_MFA_ROLES = frozenset(os.environ.get("KEYSTEAD_MFA_ROLES", "").split())

# Single sign-on with OpenID Connect, where a provider is named.
KEYSTEAD_OIDC_ISSUER = os.environ.get("KEYSTEAD_OIDC_ISSUER", "").rstrip("/")
KEYSTEAD_OIDC_LABEL = os.environ.get("KEYSTEAD_OIDC_LABEL", "")
KEYSTEAD_OIDC_MATCH = os.environ.get("KEYSTEAD_OIDC_MATCH", "email")
# Accounts there are bound to the issuer: another issuer is another provider.
KEYSTEAD_OIDC_ID = "oidc-" + hashlib.sha256(KEYSTEAD_OIDC_ISSUER.encode()).hexdigest()[:8]
if KEYSTEAD_OIDC_ISSUER:
    SOCIALACCOUNT_ADAPTER = "keystead.doors.web.sign_in.single.SingleSignOnAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": KEYSTEAD_OIDC_ID,
                "name": KEYSTEAD_OIDC_LABEL,
                "client_id": os.environ.get("KEYSTEAD_OIDC_CLIENT_ID", ""),
                "secret": _secret(
                    os.environ.get("KEYSTEAD_OIDC_CLIENT_SECRET", ""),
                    os.environ.get("KEYSTEAD_OIDC_CLIENT_SECRET_FILE", ""),
                ),
                "settings": {"server_url": KEYSTEAD_OIDC_ISSUER},
            }
        ],
    }
}
SINGLE_SIGN_ON = ["allauth.socialaccount.providers.openid_connect"] if KEYSTEAD_OIDC_ISSUER else []

# Calls out: hosts that may be called, and those of them that may lie in the inner network.
KEYSTEAD_OUTGOING = frozenset(os.environ.get("KEYSTEAD_OUTGOING", "").split())
KEYSTEAD_OUTGOING_PRIVATE = frozenset(os.environ.get("KEYSTEAD_OUTGOING_PRIVATE", "").split())

# Mail: nothing is sent unless a server is named.
KEYSTEAD_MAIL = bool(os.environ.get("KEYSTEAD_MAIL_HOST"))
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if KEYSTEAD_MAIL
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = os.environ.get("KEYSTEAD_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("KEYSTEAD_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("KEYSTEAD_MAIL_USER", "")
EMAIL_HOST_PASSWORD = _secret(
    os.environ.get("KEYSTEAD_MAIL_PASSWORD", ""), os.environ.get("KEYSTEAD_MAIL_PASSWORD_FILE", "")
)
_TLS = os.environ.get("KEYSTEAD_MAIL_TLS", "starttls")
EMAIL_USE_TLS, EMAIL_USE_SSL = _TLS == "starttls", _TLS == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("KEYSTEAD_MAIL_FROM", "keystead@localhost")
