"""Stories played against a running Onethread from outside: HTTP, WebSocket and mail, never the database."""
