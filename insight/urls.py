"""Addresses of the boards, the figures and the record."""

from django.urls import path

from insight import views

app_name = "insight"
urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/reviews/<uuid:event>/", views.review, name="review"),
    path("figures/", views.figures_page, name="figures"),
    path("figures/<slug:code>.csv", views.figures_csv, name="figures_csv"),
    path("audit/", views.record_page, name="audit"),
    path("audit/find/", views.record_find, name="audit_find"),
    path("audit/verify/", views.record_verify, name="audit_verify"),
]
