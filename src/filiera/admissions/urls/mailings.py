"""Mails to many, at the desk."""

from django.urls import path

from filiera.admissions.views.desk import mailings as desk

DESK = "<slug:edition_slug>/desk/mails/"
ONE = f"{DESK}<int:mailing_id>/"

urlpatterns = [
    path(DESK, desk.desk_mailings, name="desk_mailings"),
    path(f"{DESK}new/", desk.desk_mailing_new, name="desk_mailing_new"),
    path(f"{DESK}templates/", desk.desk_mail_templates, name="desk_mail_templates"),
    path(f"{DESK}templates/new/template/", desk.desk_mail_template_new, name="desk_mail_template_new"),
    path(f"{DESK}templates/<slug:template_code>/", desk.desk_mail_template, name="desk_mail_template"),
    path(
        f"{DESK}templates/<slug:template_code>/deletion/",
        desk.desk_mail_template_deletion,
        name="desk_mail_template_deletion",
    ),
    path(ONE, desk.desk_mailing, name="desk_mailing"),
    path(f"{ONE}edit/", desk.desk_mailing_edit, name="desk_mailing_edit"),
    path(f"{ONE}check/", desk.desk_mailing_check, name="desk_mailing_check"),
    path(f"{ONE}sending/", desk.desk_mailing_sending, name="desk_mailing_sending"),
    path(f"{ONE}schedule/", desk.desk_mailing_schedule, name="desk_mailing_schedule"),
    path(f"{ONE}cancellation/", desk.desk_mailing_cancellation, name="desk_mailing_cancellation"),
    path(f"{ONE}resending/", desk.desk_mailing_resending, name="desk_mailing_resending"),
    path(f"{ONE}recipients/<int:recipient_id>/bounce/", desk.desk_mailing_bounce, name="desk_mailing_bounce"),
]
