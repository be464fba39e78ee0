"""The providers' addresses, where each knocks at its own door; and intake's staff pages."""

from django.urls import path

from intake.calls import STEPS
from intake.views import calls, kept, letters, mail, messaging, own, setup, telephone

app_name = "intake"
urlpatterns = [
    path("hooks/whatsapp/", messaging.whatsapp, name="whatsapp"),
    path("hooks/whatsapp/status/<uuid:key>/", messaging.whatsapp_status, name="whatsapp_status"),
    path("hooks/sms/", messaging.sms, name="sms"),
    path("hooks/sms/status/<uuid:key>/", messaging.sms_status, name="sms_status"),
    path("hooks/meta/", messaging.meta, name="meta"),
    path("hooks/mail/sendgrid/", mail.sendgrid, name="mail_sendgrid"),
    path("hooks/mail/mailgun/", mail.mailgun, name="mail_mailgun"),
    path("hooks/mail/postmark/", mail.postmark, name="mail_postmark"),
    path("hooks/mail/ses/", mail.ses, name="mail_ses"),
    path("mine/<str:token>/", own.own_copy, name="own_copy"),
    path("kept/", kept.kept, name="kept"),
    path("calls/new/", calls.call_enter, name="call_enter"),
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
    path("team/unread/", letters.letters, name="letters"),
    path("team/unread/<uuid:key>/", letters.letter, name="letter"),
    path("team/unread/<uuid:key>/again/", letters.letter_again, name="letter_again"),
    path("team/unread/<uuid:key>/aside/", letters.letter_aside, name="letter_aside"),
    path("team/unread/<uuid:key>/back/", letters.letter_back, name="letter_back"),
    path("team/unread/<uuid:key>/sender/", letters.letter_sender, name="letter_sender"),
    path("setup/numbers/", setup.numbers, name="numbers"),
    path("setup/numbers/add/", setup.number_add, name="number_add"),
    path("setup/numbers/<uuid:key>/verify/", setup.number_verify, name="number_verify"),
    path("setup/numbers/<uuid:key>/doubt/", setup.number_doubt, name="number_doubt"),
    path("setup/texts/", setup.approved_texts, name="approved_texts"),
    path("setup/texts/add/", setup.approved_text_add, name="approved_text_add"),
    path("setup/texts/<uuid:key>/retire/", setup.approved_text_retire, name="approved_text_retire"),
    path(
        "setup/texts/<uuid:key>/restore/",
        setup.approved_text_restore,
        name="approved_text_restore",
    ),
]
