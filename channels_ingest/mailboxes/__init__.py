"""Mailboxes that we read by IMAP: where we stand in them, and the way of each mail into the ledger."""
