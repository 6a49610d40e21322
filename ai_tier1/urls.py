"""The public help pages, and the pages that articles are written on."""

from django.urls import path

from ai_tier1.views import articles, help_pages, revisions

urlpatterns = [
    path("help/<slug:slug>/", help_pages.help_article, name="help_article"),
    path("settings/knowledge/", articles.article_list, name="settings_knowledge"),
    path("settings/knowledge/ask/", articles.ask, name="settings_knowledge_ask"),
    path("settings/knowledge/preview/", articles.preview, name="settings_article_preview"),
    path("settings/knowledge/new/", articles.create, name="settings_article_new"),
    path("settings/knowledge/<int:article_id>/", articles.edit, name="settings_article"),
    path("settings/knowledge/<int:article_id>/index/", articles.index_state, name="settings_article_index"),
    path("settings/knowledge/<int:article_id>/revisions/<int:version>/", revisions.revision, name="settings_revision"),
    path(
        "settings/knowledge/<int:article_id>/revisions/<int:version>/restore/",
        revisions.restore,
        name="settings_revision_restore",
    ),
]
