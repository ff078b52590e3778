from django.urls import path

from portal.accounts import security, views

app_name = "accounts"
urlpatterns = [
    path("accounts/security/", security.security, name="security"),
    path("accounts/second-factor/", security.second_factor, name="second_factor"),
    path("accounts/second-factor/go-on/", security.go_on, name="go_on"),
    path("accounts/send-again/", security.send_again, name="send_again"),
    path("privacy/", views.text, name="privacy"),
    path("privacy/agreement/", views.text, {"name": "agreement"}, name="user_agreement"),
    path("privacy/document-number/", views.text, {"name": "document-number"}, name="document_number_notice"),
    path("privacy/<slug:series>/<int:number>/", views.version, name="agreement"),
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/identity/", views.document, name="identity"),
    path("accounts/identity/delete/", views.document_delete, name="identity_delete"),
    path("accounts/agreements/", views.accepted, name="consents"),
    path("accounts/agreements/new/", views.due, name="agreements_due"),
    path("accounts/data/", views.data, name="data"),
    path("accounts/data/copy/", views.export_request, name="export_request"),
    path("accounts/data/copy/<uuid:public_id>/", views.export, name="export"),
    path("accounts/close/", views.close, name="close"),
    path("accounts/closed/", views.closed, name="closed"),
]
