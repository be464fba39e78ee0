"""The providers' addresses: each knocks at its own door."""

from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("hooks/whatsapp/", views.whatsapp, name="whatsapp"),
    path("hooks/whatsapp/status/<uuid:key>/", views.whatsapp_status, name="whatsapp_status"),
    path("hooks/phone/", views.phone, name="phone"),
    path("hooks/phone/safe/", views.phone_safe, name="phone_safe"),
    path("hooks/phone/callback/", views.phone_callback, name="phone_callback"),
    path("hooks/phone/status/", views.phone_ended, name="phone_ended"),
    path("hooks/phone/status/<uuid:key>/", views.phone_status, name="phone_status"),
    path("hooks/phone/answer/<uuid:key>/", views.phone_answer, name="phone_answer"),
]
