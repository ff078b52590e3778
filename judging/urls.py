from django.urls import path

from judging.views import certificates, desk, results, rounds, shortlist

app_name = "judging"
urlpatterns = [
    path("judging/", desk.queue, name="queue"),
    path("judging/<uuid:public_id>/", desk.review, name="review"),
    path("judging/<uuid:public_id>/recuse/", desk.recuse, name="recuse"),
    path("judging/<uuid:public_id>/document/<uuid:attachment>.pdf", desk.document, name="document"),
    path("organize/", rounds.organize, name="organize"),
    path("organize/rounds/<int:pk>/", rounds.board, name="round"),
    path("organize/rounds/<int:pk>/assign/", rounds.assign, name="assign"),
    path("organize/rounds/<int:pk>/open/", rounds.open_round, name="open"),
    path("organize/rounds/<int:pk>/take-out/", rounds.take_out_unlisted, name="take_out_unlisted"),
    path("organize/rounds/<int:pk>/close/", rounds.close, name="close"),
    path("organize/rounds/<int:pk>/shortlist/", shortlist.shortlist, name="shortlist"),
    path("organize/rounds/<int:pk>/decide/", rounds.decide, name="decide"),
    path("organize/rounds/<int:pk>/publish/", rounds.publish, name="publish"),
    path("verify/<uuid:public_id>/", certificates.verify_certificate, name="verify_certificate"),
    path("certificates/<uuid:public_id>/", certificates.certificate, name="certificate"),
    path("certificates/<uuid:public_id>/retry/", certificates.retry, name="retry_certificate"),
    path("<slug:competition>/results/", results.results, name="results"),
]
