"""Addresses of the boards, the figures and the record."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from insight import keeping_views, promise_views, reach_views, record_views, review_views, views


class DeedConverter(StringConverter):
    """The word of something that somebody else looks at."""

    regex = "glass|reveal"


register_converter(DeedConverter, "deed")

app_name = "insight"
urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/reviews/", review_views.review_list, name="reviews"),
    path("team/reviews/<deed:word>/<uuid:key>/", review_views.review_one, name="review"),
    path("forgetting/", keeping_views.forgetting, name="forgetting"),
    path("forgetting/hold/", keeping_views.matter, name="matter"),
    path("setup/keeping/", keeping_views.keeping_page, name="keeping"),
    path("setup/keeping/add/", keeping_views.period_add, name="period_add"),
    path("setup/keeping/custodians/", keeping_views.custodian_add, name="custodian_add"),
    path(
        "setup/keeping/custodians/<uuid:key>/retire/",
        keeping_views.custodian_retire,
        name="custodian_retire",
    ),
    path("figures/", views.figures_page, name="figures"),
    path("figures/<slug:code>.csv", views.figures_csv, name="figures_csv"),
    path("privacy/", promise_views.promise, name="privacy"),
    path("reach/", reach_views.reach, name="reach"),
    path("team/alerts/<uuid:key>/", record_views.alert_seen, name="alert_seen"),
    path("audit/", record_views.record_page, name="audit"),
    path("audit/find/", record_views.record_find, name="audit_find"),
    path("audit/verify/", record_views.record_verify, name="audit_verify"),
    path("audit/alerts/<uuid:key>/", record_views.alert_audited, name="alert_audited"),
]
