"""Paths of coming in. The names are those that django-allauth looks for; what it offers besides
(sign-up, addresses, set password, deactivated page) has no path here, so it is not reachable."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path, re_path

from keystead.doors.web.sign_in import two_steps, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", views.Code.as_view(), name="mfa_authenticate"),
    path("sign-in/again/", views.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("sign-in/again/code/", views.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("sign-in/forgotten/", views.Forgotten.as_view(), name="account_reset_password"),
    path(
        "sign-in/forgotten/sent/", views.ForgottenSent.as_view(), name="account_reset_password_done"
    ),
    path(
        "sign-in/forgotten/done/",
        views.NewPasswordDone.as_view(),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^sign-in/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("profile/code/", two_steps.TurnOn.as_view(), name="mfa_activate_totp"),
    path("profile/code/off/", two_steps.TurnOff.as_view(), name="mfa_deactivate_totp"),
    path("profile/recovery-codes/", two_steps.Codes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "profile/recovery-codes/new/",
        two_steps.NewCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("profile/two-steps/", two_steps.overview, name="mfa_index"),
]

if settings.KEYSTEAD_OIDC_ISSUER:
    from keystead.doors.web.sign_in import single  # needs the extra `sso`

    urlpatterns += [
        path("sign-in/single/<slug:provider_id>/", single.leave, name="openid_connect_login"),
        path(
            "sign-in/single/<slug:provider_id>/back/", single.arrive, name="openid_connect_callback"
        ),
    ]
