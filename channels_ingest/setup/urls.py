"""Settings: channels and the ledger."""

from django.urls import path

from channels_ingest.setup.views import channels, home, ledger, sent, templates, wizard

urlpatterns = [
    path("", home.settings_home, name="settings"),
    path("channels/", channels.channel_list, name="settings_channels"),
    path("channels/new/", channels.choose, name="settings_channel_choose"),
    path("channels/new/<slug:provider>/", channels.create, name="settings_channel_new"),
    path("channels/<int:channel_id>/", channels.channel_page, name="settings_channel"),
    path("channels/<int:channel_id>/edit/", channels.edit, name="settings_channel_edit"),
    path("channels/<int:channel_id>/check/", channels.check, name="settings_channel_check"),
    path("channels/<int:channel_id>/templates/", templates.sync, name="settings_channel_templates"),
    path("channels/<int:channel_id>/sent/", sent.sent_list, name="settings_channel_sent"),
    path("channels/<int:channel_id>/setup/", wizard.resume, name="settings_setup"),
    path("channels/<int:channel_id>/setup/waiting/", wizard.waiting, name="settings_setup_waiting"),
    path("channels/<int:channel_id>/setup/run-check/", wizard.run_check, name="settings_setup_run_check"),
    path("channels/<int:channel_id>/setup/<slug:step>/", wizard.step, name="settings_setup_step"),
    path("channels/<int:channel_id>/switch/", channels.switch, name="settings_channel_switch"),
    path("channels/<int:channel_id>/secrets/<slug:name>/", channels.renew_secret, name="settings_channel_secret"),
    path("ledger/", ledger.event_list, name="settings_ledger"),
    path("ledger/replay/", ledger.replay_all, name="settings_ledger_replay_all"),
    path("ledger/<int:event_id>/", ledger.event_page, name="settings_event"),
    path("ledger/<int:event_id>/original/", ledger.original, name="settings_event_original"),
    path("ledger/<int:event_id>/read/", ledger.read_again, name="settings_event_read"),
    path("ledger/<int:event_id>/replay/", ledger.replay, name="settings_event_replay"),
]
