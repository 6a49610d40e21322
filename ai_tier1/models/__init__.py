"""Knowledge, and what the tier-1 did with it."""

from ai_tier1.models.knowledge import Article, Audience, IndexState, Passage, Revision
from ai_tier1.models.turns import Rollout, Turn

__all__ = ["Article", "Audience", "IndexState", "Passage", "Revision", "Rollout", "Turn"]
