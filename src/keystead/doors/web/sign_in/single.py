"""Single sign-on with OpenID Connect: the company's provider says who it is; we know what they may.

Only people who are here already come in. They are found by a mail address that the provider has
verified (or by user name, where the administrator chose so), once; from then on they are bound to
the provider's own id of them, so that an address given to somebody else later opens nothing.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from requests.adapters import HTTPAdapter

from keystead.doors.web.sign_in import services
from keystead.kit.access import policy

log = logging.getLogger("keystead.sign_in")
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@policy.public
@require_safe
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the company's provider; ``again`` asks for a fresh proof there."""
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    nonce = secrets.token_urlsafe(24)
    asked = {"nonce": nonce, **({"prompt": "login"} if "again" in request.GET else {})}
    try:
        provider = get_adapter().get_provider(request, provider_id)
        return provider.redirect(
            request, process="login", next_url=target, data={"nonce": nonce}, auth_params=asked
        )
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except requests.RequestException:
        log.warning("the provider of single sign-on does not answer", exc_info=True)
        return refuse(request, _("The sign-in service of your company does not answer."))


@policy.public
@require_safe
def arrive(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the browser back from the company's provider."""
    try:
        return OAuth2CallbackView.adapter_view(Conversation(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


class Conversation(OpenIDConnectOAuth2Adapter):
    """The talk with the provider: signature, issuer, audience, time and nonce are all checked."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **values: Any) -> Any:
        raw = values["response"].get("id_token")
        if not raw:
            raise OAuth2Error("the provider sent no id token")
        claims = self._decode_id_token(app, raw)
        told: dict[str, Any] = {}
        if "userinfo_endpoint" in self.openid_config:
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims.get("sub"):
                raise OAuth2Error("the two answers of the provider speak of different people")
        login = self.get_provider().sociallogin_from_response(
            request, {"id_token": {**told, **claims}}
        )
        login.keystead_claims = {**told, **claims}
        login.account.extra_data = {}  # what the provider knows of a person stays there
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError as error:
            raise OAuth2Error("this is no id token") from error
        if algorithm not in ALGORITHMS:
            raise OAuth2Error(f"id token signed with {algorithm}")
        issuer = str(self.openid_config["issuer"])
        if issuer.rstrip("/") != settings.KEYSTEAD_OIDC_ISSUER:
            raise OAuth2Error(f"the provider calls itself {issuer}")
        found: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=issuer,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return found


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Finds the person, or sends the browser back to the sign-in page; nobody is added."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sociallogin.keystead_claims
        nonce = (sociallogin.state.get("data") or {}).get("nonce", "")
        if not nonce or not constant_time_compare(nonce, str(claims.get("nonce", ""))):
            self._refuse(request, None)
        if sociallogin.is_existing:
            return
        user = _found(claims)
        taken = user and SocialAccount.objects.filter(
            user=user, provider=sociallogin.account.provider
        )
        if user is None or (taken is not None and taken.exists()):
            self._refuse(request, user)
        sociallogin.connect(request, user)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,
    ) -> None:  # fmt: skip
        log.warning("single sign-on refused: %s %s", error, exception)
        self._refuse(request, None)

    def send_notification_mail(self, *args: Any, **values: Any) -> None:
        """Say nothing: a person is bound to the provider without their doing."""

    def get_requests_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.max_redirects = 0
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Guarded())
        return session

    def _refuse(self, request: HttpRequest, user: Any) -> None:
        services.note_failed(
            username=user.username if user else "",
            address=request.META.get("REMOTE_ADDR", ""),
        )
        raise ImmediateHttpResponse(
            refuse(request, _("Your company's sign-in did not open Keystead for you."))
        )


class _Guarded(HTTPAdapter):
    """Calls the issuer's host and those on the list of outgoing hosts; TLS, but on this machine."""

    def send(self, request: Any, *args: Any, **values: Any) -> Any:
        issuer, asked = urlsplit(settings.KEYSTEAD_OIDC_ISSUER), urlsplit(request.url)
        if asked.hostname not in {issuer.hostname} | settings.KEYSTEAD_OUTGOING:
            raise requests.exceptions.InvalidURL(f"{asked.hostname} may not be called")
        plain = asked.scheme != "https"
        if plain and not (issuer.scheme == "http" and asked.hostname in LOOPBACK):
            raise requests.exceptions.InvalidURL("only https is called")
        values["timeout"] = 10
        return super().send(request, *args, **values)


def refuse(request: HttpRequest, sentence: str) -> HttpResponse:
    """Return to the sign-in page with a sentence."""
    messages.error(request, sentence)
    return redirect(settings.LOGIN_URL)


def _found(claims: dict[str, Any]) -> Any:
    """Return the one active person that the claims speak of, or None."""
    people = get_user_model().objects.filter(is_active=True)
    if settings.KEYSTEAD_OIDC_MATCH == "username":
        name = str(claims.get("preferred_username", ""))
        found = people.filter(username=name) if name else people.none()
    elif claims.get("email_verified") is True and claims.get("email"):
        found = people.filter(email__iexact=str(claims["email"]))
    else:
        found = people.none()
    rows = list(found[:2])
    return rows[0] if len(rows) == 1 else None
