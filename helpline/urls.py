"""Every address of the service: each stage names its own, this file only joins them."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from helpline.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    *[
        path("", include(f"{stage}.urls"))
        for stage in settings.STAGES
        if find_spec(f"{stage}.urls") is not None
    ],
]
if settings.PRACTICE and find_spec("practice") and find_spec("practice.urls"):
    urlpatterns.append(path("practice/", include("practice.urls")))
