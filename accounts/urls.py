"""Addresses of the people's pages, and those doors of django-allauth that are open here."""

from allauth.account import views as sign_in
from django.urls import URLPattern, URLResolver, include, path, re_path

from accounts import duty_views, guessing, plan_views, session_views, views
from accounts.access import with_fresh_factor

app_name = "accounts"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/telephone/", views.telephone, name="telephone"),
    path("me/sessions/", session_views.sessions, name="sessions"),
    path("me/sessions/end/", session_views.session_end, name="session_end"),
    path("me/here/", session_views.here, name="here"),
    path("locked/", session_views.locked, name="locked"),
    path("hidden/", views.hidden, name="hidden"),
    path("setup/", views.setup, name="setup"),
    path("setup/people/", views.person_create, name="person_create"),
    path("setup/people/<uuid:key>/", views.person_switch, name="person_switch"),
    path(
        "setup/people/<uuid:key>/sessions/",
        session_views.person_sessions_end,
        name="person_sessions_end",
    ),
    path("setup/people/<uuid:key>/duties/", duty_views.duty_ask, name="person_duty_ask"),
    path("setup/duties/<uuid:key>/end/", duty_views.duty_end, name="duty_end"),
    path("setup/sessions/", session_views.everybodys_sessions_end, name="everybodys_sessions_end"),
    path("duties/", duty_views.duties_asked, name="duties_asked"),
    path("duties/<uuid:key>/", duty_views.duty_decide, name="duty_decide"),
    path("shifts/", plan_views.week, name="week"),
    path("shifts/add/", plan_views.shift_add, name="shift_add"),
    path("shifts/copy/", plan_views.shift_copy, name="shift_copy"),
    path("shifts/undo/", plan_views.undo, name="plan_undo"),
    path("shifts/<uuid:key>/remove/", plan_views.shift_remove, name="shift_remove"),
    path("shifts/holidays/", plan_views.holidays, name="holidays"),
    path("shifts/holidays/add/", plan_views.holiday_add, name="holiday_add"),
    path("shifts/holidays/paste/", plan_views.holiday_paste, name="holiday_paste"),
    path("shifts/holidays/<uuid:key>/remove/", plan_views.holiday_remove, name="holiday_remove"),
]

# Under /accounts/, by allauth's own names. Not here, so not open: changing or confirming an address
# by oneself (an administrator does that), sign-in by a mailed code.
entrance: list[URLPattern | URLResolver] = [
    path("login/", sign_in.login, name="account_login"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", sign_in.account_inactive, name="account_inactive"),
    path("signup/", sign_in.signup, name="account_signup"),
    path("reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
    path(
        "password/change/",
        with_fresh_factor(sign_in.password_change),
        name="account_change_password",
    ),
    path("password/set/", sign_in.password_set, name="account_set_password"),
    path("password/reset/", guessing.evenly(sign_in.password_reset), name="account_reset_password"),
    path("password/reset/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/done/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", include("allauth.mfa.urls")),
]
