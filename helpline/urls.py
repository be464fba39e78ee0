"""Every address of the service: each stage names its own, this file only joins them."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from accounts.urls import entrance
from helpline.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include(entrance)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    *[
        path("", include(f"{stage}.urls"))
        for stage in settings.STAGES
        if find_spec(f"{stage}.urls") is not None
    ],
]
if settings.PRACTICE and find_spec("practice") and find_spec("practice.urls"):
    urlpatterns.append(path("practice/", include("practice.urls")))
