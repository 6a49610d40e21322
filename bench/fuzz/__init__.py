"""Damaged mails and webhooks by the hundred thousand, through the code that reads real ones."""
