"""The providers' addresses: each knocks at its own door."""

from django.urls import path

from intake.calls import STEPS
from intake.views import messaging, telephone

app_name = "intake"
urlpatterns = [
    path("hooks/whatsapp/", messaging.whatsapp, name="whatsapp"),
    path("hooks/whatsapp/status/<uuid:key>/", messaging.whatsapp_status, name="whatsapp_status"),
    path("hooks/sms/", messaging.sms, name="sms"),
    path("hooks/sms/status/<uuid:key>/", messaging.sms_status, name="sms_status"),
    path("hooks/meta/", messaging.meta, name="meta"),
    path("hooks/phone/", telephone.phone_step, {"step": "start"}, name="phone"),
    *(
        path(f"hooks/phone/{step}/", telephone.phone_step, {"step": step}, name=f"phone_{step}")
        for step in STEPS
        if step != "start"
    ),
    path("hooks/phone/whisper/<uuid:key>/", telephone.phone_whisper, name="phone_whisper"),
    path("hooks/phone/taken/<uuid:key>/", telephone.phone_taken, name="phone_taken"),
    path("hooks/phone/back/<uuid:key>/", telephone.phone_back, name="phone_back"),
    path("hooks/phone/back/<uuid:key>/ended/", telephone.phone_back_ended, name="phone_back_ended"),
    path(
        "hooks/phone/back/<uuid:key>/status/",
        telephone.phone_back_status,
        name="phone_back_status",
    ),
    path("hooks/phone/status/", telephone.phone_ended, name="phone_ended"),
    path("hooks/phone/status/<uuid:key>/", telephone.phone_status, name="phone_status"),
    path("hooks/phone/answer/<uuid:key>/", telephone.phone_answer, name="phone_answer"),
]
