"""The only code that writes conversation tables. One subject a module.

Every action names its actor (``by``), runs in one transaction, and records an event in it.
Lock order: identity advisory locks (sorted), customer rows (by id), conversation rows (by id).
"""
