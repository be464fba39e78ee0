"""The providers' addresses: each knocks at its own door."""

from django.urls import path

from intake.views import messaging, telephone

app_name = "intake"
urlpatterns = [
    path("hooks/whatsapp/", messaging.whatsapp, name="whatsapp"),
    path("hooks/whatsapp/status/<uuid:key>/", messaging.whatsapp_status, name="whatsapp_status"),
    path("hooks/sms/", messaging.sms, name="sms"),
    path("hooks/sms/status/<uuid:key>/", messaging.sms_status, name="sms_status"),
    path("hooks/meta/", messaging.meta, name="meta"),
    path("hooks/phone/", telephone.phone, name="phone"),
    path("hooks/phone/safe/", telephone.phone_safe, name="phone_safe"),
    path("hooks/phone/callback/", telephone.phone_callback, name="phone_callback"),
    path("hooks/phone/status/", telephone.phone_ended, name="phone_ended"),
    path("hooks/phone/status/<uuid:key>/", telephone.phone_status, name="phone_status"),
    path("hooks/phone/answer/<uuid:key>/", telephone.phone_answer, name="phone_answer"),
]
