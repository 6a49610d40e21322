"""The REST API, version 1, gathered from every layer."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from ai_tier1.api import ArticleViewSet, AskView
from channels_ingest.api import InboundEventViewSet
from conversations.api.attachments import AttachmentViewSet
from conversations.api.channels import ChannelViewSet, DeliveryViewSet
from conversations.api.conversations import ConversationViewSet, MessageViewSet
from conversations.api.customers import CustomerViewSet
from conversations.api.me import MeView

router = SimpleRouter()
router.register("customers", CustomerViewSet, basename="customer")
router.register("conversations", ConversationViewSet, basename="conversation")
router.register("messages", MessageViewSet, basename="message")
router.register("attachments", AttachmentViewSet, basename="attachment")
router.register("channels", ChannelViewSet, basename="channel")
router.register("deliveries", DeliveryViewSet, basename="delivery")
router.register("inbound-events", InboundEventViewSet, basename="inbound-event")

router.register("articles", ArticleViewSet, basename="article")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("tier1/ask/", AskView.as_view(), name="tier1_ask"),
    *router.urls,
]
