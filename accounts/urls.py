"""Addresses of the people's pages (sign-in itself is allauth's, under /accounts/)."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("hidden/", views.hidden, name="hidden"),
    path("setup/", views.setup, name="setup"),
    path("setup/people/", views.person_create, name="person_create"),
    path("setup/people/<uuid:key>/", views.person_switch, name="person_switch"),
]
