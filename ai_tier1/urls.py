"""The public help pages."""

from django.urls import path

from ai_tier1 import views

urlpatterns = [path("help/<slug:slug>/", views.help_article, name="help_article")]
