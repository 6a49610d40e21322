"""What is heard of a delivery: by our own call, by a report, or by looking it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """News about a delivery."""

    state: str
    provider_message_id: str = ""
    error_code: str = ""
    error: str = ""
    occurred_at: datetime | None = None
    cost: str = ""
    currency: str = ""
    segment_count: int = 0
    # The person does not want messages from us there any more.
    is_opt_out: bool = False
    # ... or no advertisements; the rest is still welcome.
    only_marketing: bool = False
    # The window is closed: a template may go instead, if an agent wants it.
    wants_template: bool = False
    # What a failure says about the address itself: a state of customers.models.IdentityHealth, or nothing.
    address_health: str = ""
