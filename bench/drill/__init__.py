"""The fault drill: a running demo under load while its parts are killed, and what must hold afterwards.

Everything comes through the doors; only the verdict looks into the database, read-only.
"""
