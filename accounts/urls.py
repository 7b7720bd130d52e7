"""Everything about who someone is. allauth's URLs are listed one by one: what is not here does not exist."""

from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path

from accounts import second_factor, session_views, views
from accounts.staff import staff_only, totp_picture

security = [
    # Between the code by e-mail and being signed in; allauth lets nobody else in here.
    path("authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("", staff_only(mfa.index), name="mfa_index"),
    path("reauthenticate/", staff_only(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("totp/activate/", staff_only(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/picture.svg", staff_only(totp_picture), name="mfa_totp_picture"),
    path("totp/deactivate/", staff_only(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", staff_only(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/",
        staff_only(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        staff_only(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("passkeys/", staff_only(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", staff_only(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "passkeys/reauthenticate/",
        staff_only(second_factor.ShowPasskeyAgainView.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/<int:pk>/remove/", staff_only(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", staff_only(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]

urlpatterns = [
    path("sign-in/", views.ask_for_code, name="account_request_login_code"),
    # The same page once more, under the name by which allauth looks for it.
    path("sign-in/", views.ask_for_code, name="account_login"),
    path("sign-in/code/", views.confirm_code, name="account_confirm_login_code"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("sessions/", session_views.sessions, name="sessions"),
    path("staff/session/", session_views.session_state, name="session_state"),
    path("staff/security/", include(security)),
]
