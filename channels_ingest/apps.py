from django.apps import AppConfig


class ChannelsIngestConfig(AppConfig):
    name = "channels_ingest"

    def ready(self) -> None:
        """Follow the log: what is to be delivered is told there."""
        from channels_ingest import leaving, outbox, pricing
        from helpdesk.events.followers import follow

        follow("outbox", ["delivery.queued"], outbox.on_queued)
        follow("held", ["message.held", "message.rescheduled"], leaving.on_held)
        follow("costs", ["delivery.delivered"], outbox.on_delivered)
        follow("prices", ["message.created"], pricing.on_message)
