"""Addresses of referrals: staff pages, and the partner's door."""

from django.urls import path

from referrals import partner_views, views

app_name = "referrals"
urlpatterns = [
    path("referrals/", views.referral_list, name="list"),
    path("referrals/services/", views.service_list, name="services"),
    path("referrals/<uuid:key>/", views.referral_detail, name="detail"),
    path("referrals/<uuid:key>/change/", views.referral_change, name="change"),
    path("referrals/<uuid:key>/agree/", views.referral_agree, name="agree"),
    path("referrals/<uuid:key>/send/", views.referral_send, name="send"),
    path("referrals/<uuid:key>/renew/", views.link_renew, name="renew"),
    path("referrals/<uuid:key>/revoke/", views.link_revoke, name="revoke"),
    path("referrals/<uuid:key>/withdraw/", views.referral_withdraw, name="withdraw"),
    path("referrals/<uuid:key>/outcome/", views.referral_outcome, name="outcome"),
    path("cases/<uuid:case>/refer/", views.service_choose, name="choose"),
    path("cases/<uuid:case>/refer/<uuid:service>/", views.referral_draft, name="draft"),
    path("p/<str:token>/", partner_views.door, name="door"),
    path("p/<str:token>/packet/", partner_views.packet, name="packet"),
    path("p/<str:token>/accept/", partner_views.accept, name="accept"),
    path("p/<str:token>/decline/", partner_views.decline, name="decline"),
    path("p/<str:token>/report/", partner_views.outcome, name="report"),
]
