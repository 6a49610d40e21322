"""Knowledge, and what the tier-1 did with it."""

from ai_tier1.models.knowledge import Article, Audience, IndexState, Passage, Revision

__all__ = ["Article", "Audience", "IndexState", "Passage", "Revision"]
