"""The demo shop: people, channels, knowledge, and a past to look at. Loaded by ``manage.py demo``."""
