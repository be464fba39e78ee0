"""Addresses of the practice page; each answers 404 unless PRACTICE is on."""

from django.urls import path

from practice import views

app_name = "practice"
urlpatterns = [
    path("", views.page, name="page"),
    path("devices/", views.devices, name="devices"),
    path("whatsapp/", views.say, name="say"),
    path("mail/", views.write, name="write"),
    path("call/", views.ring, name="ring"),
    path("call/<str:call_id>/", views.act, name="act"),
]
