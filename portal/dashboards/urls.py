from django.urls import path

from portal.dashboards import sitemaps, views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("style/", views.style, name="style"),
    path("i18n/language/", views.language, name="language"),
    path("competitions/", views.competitions, name="competitions"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("<slug:competition>/sitemap.xml", sitemaps.competition, name="competition_sitemap"),
    path("<slug:competition>/", views.competition, name="competition"),
]
