from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "helpdesk.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen to log-ins."""
        from helpdesk.accounts import audit  # noqa: F401 - connects its receivers
