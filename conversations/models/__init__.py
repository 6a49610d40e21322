"""The tables of the domain. Only conversations/actions/ writes them."""

from conversations.models.calls import Call
from conversations.models.channels import Channel
from conversations.models.conversations import Conversation
from conversations.models.deliveries import Delivery
from conversations.models.desks import Desk, OpeningHours
from conversations.models.handoffs import Handoff
from conversations.models.messages import (
    WAITING,
    Attachment,
    DeliveryState,
    Message,
    Note,
    ReplyToken,
    Unsaid,
)
from conversations.models.presence import VisitorPresence
from conversations.models.prices import MessagePrice
from conversations.models.recipients import MessageRecipient, Participant
from conversations.models.templates import MessageTemplate

__all__ = [
    "WAITING",
    "Attachment",
    "Call",
    "Channel",
    "Conversation",
    "Delivery",
    "DeliveryState",
    "Desk",
    "Handoff",
    "Message",
    "MessagePrice",
    "MessageRecipient",
    "MessageTemplate",
    "Note",
    "OpeningHours",
    "Participant",
    "ReplyToken",
    "Unsaid",
    "VisitorPresence",
]
