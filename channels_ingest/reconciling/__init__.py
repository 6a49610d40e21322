"""Finding what a provider received for us and could not deliver."""
