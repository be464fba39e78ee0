"""Every address of the service: each stage names its own, this file only joins them."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from accounts.urls import entrance
from cases import api as cases
from cases import search_api as searching
from helpline.views import health, policy_report
from insight import api as insight
from referrals import api as referrals
from takedowns import api as takedowns

api = SimpleRouter()
for prefix, viewset in (
    *cases.router_entries,
    *searching.router_entries,
    *takedowns.router_entries,
    *referrals.router_entries,
    *insight.router_entries,
):
    api.register(prefix, viewset, basename=f"api-{prefix}")

handler500 = "helpline.views.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("policy/", policy_report, name="policy_report"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include(entrance)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/", include(api.urls)),
    path("", include("accounts.urls")),
    path("", include("intake.urls")),
    path("", include("cases.urls")),
    path("", include("takedowns.urls")),
    path("", include("referrals.urls")),
    path("", include("insight.urls")),
]
if settings.PRACTICE:
    from helpline.demo.views import practice_hours

    urlpatterns.append(path("practice/hours/", practice_hours, name="practice_hours"))
    urlpatterns.append(path("practice/", include("practice.urls")))
