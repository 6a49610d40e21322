"""A person's own settings."""

from django.urls import path

from helpdesk.accounts import views

urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("own/", views.own_settings, name="own_settings"),
]
