from django.urls import path

from submissions import views

app_name = "submissions"
urlpatterns = [
    path("teams/new/", views.team_new, name="team_new"),
    path("teams/<int:pk>/", views.team, name="team"),
    path("teams/<int:pk>/invitations/<uuid:public_id>/revoke/", views.revoke, name="invitation_revoke"),
    path("invitations/<uuid:public_id>/", views.invitation, name="invitation"),
    path("invitations/<uuid:public_id>/<slug:signature>/", views.invitation, name="invitation_link"),
    path("submissions/start/<slug:competition>/<int:track>/<int:topic>/", views.start, name="start"),
    path("submissions/<uuid:public_id>/", views.submission, name="submission"),
    path("submissions/<uuid:public_id>/submit/", views.submission_submit, name="submission_submit"),
    path("submissions/<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("submissions/receipts/<uuid:public_id>/", views.receipt, name="receipt"),
    path("f/<uuid:public_id>/<str:name>", views.attachment, name="attachment"),
]
