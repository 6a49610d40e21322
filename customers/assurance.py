"""How surely an address belongs to whoever used it. See docs/decisions/0001-joining-and-showing.md."""

from __future__ import annotations

from django.db import models


class Assurance(models.IntegerChoices):
    """Lowest first, so that levels compare. Gaps leave room for levels between."""

    CLAIMED = 10, "claimed"  # somebody typed or said it
    VOUCHED = 20, "vouched"  # entered by an agent, imported, or given by the company's own system
    PRESENTED = 30, "presented"  # an SMS sender, a caller id, mail without a verdict: can be faked
    CHANNEL = 40, "channel"  # the channel itself vouches: DMARC-aligned mail, a WhatsApp id
    CONFIRMED = 50, "confirmed"  # a code or link sent to it came back
    SIGNED = 60, "signed"  # the customer's own site signed for it
