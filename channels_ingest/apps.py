from django.apps import AppConfig


class ChannelsIngestConfig(AppConfig):
    name = "channels_ingest"

    def ready(self) -> None:
        """Follow the log: what is to be delivered is told there."""
        from channels_ingest import outbox
        from helpdesk.events.followers import follow

        follow("outbox", ["delivery.queued"], outbox.on_queued)
        follow("costs", ["delivery.delivered"], outbox.on_delivered)
