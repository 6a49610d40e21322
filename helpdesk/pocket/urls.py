"""Addresses under ``/demo/``."""

from django.urls import URLPattern, path

from helpdesk.pocket import views

urlpatterns: list[URLPattern] = [
    path("", views.pocket, name="pocket"),
    path("agent/", views.agent, name="demo_agent"),
    path("pocket/person/", views.person, name="pocket_person"),
    path("pocket/text/", views.text, name="pocket_text"),
    path("pocket/mail/", views.mail, name="pocket_mail"),
    path("pocket/look/", views.look, name="pocket_look"),
    path("pocket/call/start/", views.call_start, name="pocket_call_start"),
    path("pocket/call/say/", views.call_say, name="pocket_call_say"),
    path("pocket/call/hangup/", views.call_hang_up, name="pocket_call_hang_up"),
    path("pocket/call/look/", views.call_look, name="pocket_call_look"),
]
