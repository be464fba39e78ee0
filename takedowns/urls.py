"""Addresses of getting it down."""

from django.urls import path

from takedowns import views

app_name = "takedowns"

urlpatterns = [
    path("takedowns/", views.desk, name="desk"),
    path("takedowns/<uuid:key>/", views.sheet, name="sheet"),
    path("takedowns/<uuid:key>/send/", views.send, name="send"),
    path("takedowns/<uuid:key>/sent/", views.sent, name="sent"),
    path("takedowns/<uuid:key>/not-sent/", views.not_sent, name="not_sent"),
    path("takedowns/<uuid:key>/reference/", views.reference, name="reference"),
    path("takedowns/<uuid:key>/outcome/", views.outcome, name="outcome"),
    path("takedowns/places/<uuid:key>/", views.place, name="place"),
    path("takedowns/places/<uuid:key>/prepare/", views.prepare, name="prepare"),
    path("takedowns/links/<uuid:key>/send/", views.send_link, name="send_link"),
    path("takedowns/links/<uuid:key>/outcome/", views.link_outcome, name="link_outcome"),
    path("cases/<uuid:key>/takedowns/add/", views.add_place, name="add_place"),
    path("cases/<uuid:key>/takedowns/link/", views.make_link, name="make_link"),
]
