"""The only code that writes customers' tables.

Lock order, here and above: identity advisory locks (sorted), then customer rows (by id), then
conversation rows (by id).
"""
