from django.urls import path

from portal.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("style/", views.style, name="style"),
    path("i18n/language/", views.language, name="language"),
    path("<slug:competition>/", views.competition, name="competition"),
]
