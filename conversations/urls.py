"""The agents' pages."""

from django.urls import path

from conversations.views import desks, inbox

urlpatterns = [
    path("settings/scheduled/", desks.scheduled_messages, name="settings_scheduled"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/snapshot/", inbox.state, name="inbox_snapshot"),
    path("inbox/thread/<int:conversation_id>/before/<int:message_id>/", inbox.earlier, name="inbox_earlier"),
    path("inbox/messages/<int:message_id>/html/", inbox.message_html, name="message_html"),
    path("inbox/attachments/<int:attachment_id>/", inbox.attachment, name="attachment"),
    path("inbox/<str:view>/", inbox.inbox, name="inbox_view"),
    path("inbox/<str:view>/<int:conversation_id>/", inbox.inbox, name="inbox_conversation"),
]
