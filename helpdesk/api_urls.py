"""The REST API, version 1, gathered from every layer."""

from rest_framework.routers import SimpleRouter

from channels_ingest.api import InboundEventViewSet
from conversations.api.channels import ChannelViewSet, DeliveryViewSet
from conversations.api.conversations import ConversationViewSet, MessageViewSet
from conversations.api.customers import CustomerViewSet

router = SimpleRouter()
router.register("customers", CustomerViewSet, basename="customer")
router.register("conversations", ConversationViewSet, basename="conversation")
router.register("messages", MessageViewSet, basename="message")
router.register("channels", ChannelViewSet, basename="channel")
router.register("deliveries", DeliveryViewSet, basename="delivery")
router.register("inbound-events", InboundEventViewSet, basename="inbound-event")

urlpatterns = router.urls
