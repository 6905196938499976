"""Addresses below /academy/: the desk's certificates and the participant's own."""

from django.urls import path

from filiera.credentials.views import my
from filiera.credentials.views.desk import awards, certificates

DESK = "<slug:edition_slug>/desk/certificates/"
AWARD = f"{DESK}<int:award_id>/"
ISSUED = f"{DESK}issued/<int:certificate_id>/"

app_name = "credentials"
urlpatterns = [
    path("<slug:edition_slug>/my/certificate/", my.my_certificates, name="my_certificates"),
    path(DESK, awards.desk_certificates, name="desk_certificates"),
    path(f"{DESK}new/", awards.desk_award_new, name="desk_award_new"),
    path(f"{DESK}badges/", certificates.desk_badges, name="desk_badges"),
    path(AWARD, certificates.desk_award, name="desk_award"),
    path(f"{AWARD}conditions/", awards.desk_award_edit, name="desk_award_edit"),
    path(f"{AWARD}deletion/", awards.desk_award_deletion, name="desk_award_deletion"),
    path(f"{AWARD}all/", certificates.desk_issue_all, name="desk_issue_all"),
    path(f"{AWARD}specimen.pdf", certificates.desk_specimen, name="desk_specimen"),
    path(f"{AWARD}europass.xlsx", certificates.desk_europass_xlsx, name="desk_europass_xlsx"),
    path(f"{AWARD}europass.csv", certificates.desk_europass_csv, name="desk_europass_csv"),
    path(ISSUED, certificates.desk_certificate, name="desk_certificate"),
    path(f"{ISSUED}revocation/", certificates.desk_revocation, name="desk_revocation"),
    path(f"{ISSUED}correction/", certificates.desk_correction, name="desk_correction"),
    path(f"{ISSUED}replacement/", certificates.desk_replacement, name="desk_replacement"),
]
