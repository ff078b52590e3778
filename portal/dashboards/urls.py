from django.urls import path

from portal.dashboards import acting, deadline_views, people_views, sitemaps, tokens, topics, trail_views, views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("desk/entries/", views.entries, name="entries"),
    path("accounts/activity/", trail_views.activity, name="activity"),
    path("accounts/acting/stop/", acting.stop_acting, name="stop_acting"),
    path("accounts/acting/<int:pk>/", acting.act_for, name="act_for"),
    path("accounts/tokens/", tokens.tokens, name="tokens"),
    path("accounts/tokens/<uuid:public_id>/revoke/", tokens.revoke, name="revoke_token"),
    path("organize/trail/", trail_views.whole_trail, name="whole_trail"),
    path("organize/trail/export/", trail_views.export_whole, name="export_whole_trail"),
    path("organize/<slug:competition>/trail/", trail_views.trail, name="trail"),
    path("organize/<slug:competition>/trail/export/", trail_views.export, name="export_trail"),
    path("style/", views.style, name="style"),
    path("i18n/language/", views.language, name="language"),
    path("competitions/", views.competitions, name="competitions"),
    path("organize/people/<slug:competition>/", people_views.people, name="people"),
    path("organize/people/<slug:competition>/export/", people_views.export, name="people_export"),
    path("organize/people/<slug:competition>/<int:pk>/", people_views.person, name="person"),
    path("organize/day/<slug:competition>/", deadline_views.deadline_day, name="deadline_day"),
    path("organize/day/<slug:competition>/figures/", deadline_views.deadline_figures, name="deadline_figures"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("<slug:competition>/sitemap.xml", sitemaps.competition, name="competition_sitemap"),
    path("<slug:competition>/topics/", topics.topics, name="topics"),
    path("<slug:competition>/", views.competition, name="competition"),
]
