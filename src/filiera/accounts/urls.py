from django.urls import path

from filiera.accounts.views import (
    administration,
    demonstration,
    invitations,
    mails,
    people,
    privacy,
    profile,
    sessions,
    tokens,
)

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("preferences/", profile.preferences, name="preferences"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/<int:token_id>/revocation/", tokens.token_revocation, name="token_revocation"),
    path("sessions/<int:session_id>/end/", sessions.session_end, name="session_end"),
    path("consents/", privacy.consent_list, name="consents"),
    path("consents/<slug:purpose>/", privacy.consent, name="consent"),
    path("consents/<slug:purpose>/withdrawal/", privacy.consent_withdrawal, name="consent_withdrawal"),
    path("mails/", mails.mail_list, name="mails"),
    path("mails/<int:mail_id>/", mails.mail, name="mail"),
    path("data/", privacy.my_data, name="my_data"),
    path("data/export/", privacy.data_export, name="data_export"),
    path("data/erasure/", privacy.erasure, name="erasure"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path(
        "invitations/<str:token>/acceptance/",
        invitations.invitation_acceptance,
        name="invitation_acceptance",
    ),
    path("administration/", administration.administration, name="administration"),
    path("administration/closing/", administration.administration_closing, name="administration_closing"),
    path(
        "administration/invitations/",
        administration.administrator_invitation,
        name="administrator_invitation",
    ),
    path("demonstration/", demonstration.demonstration_roles, name="demonstration"),
    path("demonstration/<slug:role>/", demonstration.demonstration_role, name="demonstration_role"),
]
