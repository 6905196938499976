"""Calls and applications: what everybody reads, what applicants write, what the desk does with it."""

from django.urls import URLPattern, path

from filiera.admissions.models import CallKind
from filiera.admissions.views import applications, apply, reviews
from filiera.admissions.views.desk import applications as desk_applications
from filiera.admissions.views.desk import calls
from filiera.admissions.views.desk import reviews as desk_reviews

PARTICIPANTS = {"kind": CallKind.PARTICIPANTS.value}
HOSTS = {"kind": CallKind.HOSTS.value}
APPLY = "<slug:edition_slug>/apply/"
HOST = "<slug:edition_slug>/host/"
APPLICATION = f"{APPLY}<int:application_id>/"

DESK = "<slug:edition_slug>/desk/"


def _desk(kind: str, prefix: str, name: str) -> list[URLPattern]:
    """The pages at which the team writes a call: the same for both kinds."""
    told = {"kind": kind}
    return [
        path(prefix, calls.desk_call, told, name=name),
        path(f"{prefix}publication/", calls.publication, told, name=f"{name}_publication"),
        path(f"{prefix}closing/", calls.closing, told, name=f"{name}_closing"),
        path(f"{prefix}extension/", calls.extension, told, name=f"{name}_extension"),
        path(f"{prefix}questions/", calls.packaged_questions, told, name=f"{name}_questions"),
        path(f"{prefix}questions/end/", calls.questions_end, told, name=f"{name}_questions_end"),
        path(f"{prefix}codes/", calls.code_new, told, name=f"{name}_code_new"),
    ]


def _tables(kind: str, prefix: str, name: str) -> list[URLPattern]:
    """The list as a file, in both forms."""
    return [
        path(
            f"{prefix}.{form}",
            desk_applications.desk_applications_table,
            {"kind": kind, "form": form},
            name=f"{name}_{form}",
        )
        for form in ("csv", "xlsx")
    ]


urlpatterns = [
    *_desk(CallKind.PARTICIPANTS.value, f"{DESK}call/", "desk_call"),
    *_desk(CallKind.HOSTS.value, f"{DESK}host-call/", "desk_host_call"),
    path(f"{DESK}codes/<int:code_id>/revocation/", calls.code_revocation, name="desk_code_revocation"),
    path(APPLY, apply.call_page, PARTICIPANTS, name="apply"),
    path(f"{APPLY}code/", apply.code_enter, PARTICIPANTS, name="code_enter"),
    path(f"{APPLY}new/", apply.begin, PARTICIPANTS, name="application_new"),
    path(f"{APPLY}organisations/", apply.organisation_search, name="organisation_search"),
    path(HOST, apply.call_page, HOSTS, name="host"),
    path(f"{HOST}code/", apply.code_enter, HOSTS, name="host_code_enter"),
    path(f"{HOST}new/", apply.begin, HOSTS, name="offer_new"),
    path(APPLICATION, applications.application, name="application"),
    path(f"{APPLICATION}withdrawal/", applications.withdrawal, name="application_withdrawal"),
    path(f"{APPLICATION}deletion/", applications.discarding, name="application_deletion"),
    path(f"{APPLICATION}code/", applications.late_code, name="application_code"),
    path(f"{APPLICATION}<slug:step>/", applications.step, name="application_step"),
    path(f"{APPLICATION}<slug:step>/draft/", applications.step_draft, name="application_draft"),
    path("<slug:edition_slug>/reviews/", reviews.review_list, name="reviews"),
    path("<slug:edition_slug>/reviews/<int:review_id>/", reviews.review, name="review"),
    path("<slug:edition_slug>/reviews/<int:review_id>/conflict/", reviews.conflict, name="review_conflict"),
    path("<slug:edition_slug>/reviews/<int:review_id>/remarks/", reviews.remark, name="review_remark"),
    path(
        f"{DESK}applications/",
        desk_applications.desk_applications,
        PARTICIPANTS,
        name="desk_applications",
    ),
    *_tables(CallKind.PARTICIPANTS.value, f"{DESK}applications", "desk_applications"),
    path(f"{DESK}offers/", desk_applications.desk_applications, HOSTS, name="desk_offers"),
    *_tables(CallKind.HOSTS.value, f"{DESK}offers", "desk_offers"),
    path(
        f"{DESK}applications/<int:application_id>/",
        desk_applications.desk_application,
        name="desk_application",
    ),
    path(
        f"{DESK}applications/<int:application_id>/remarks/",
        desk_applications.desk_remark,
        name="desk_remark",
    ),
    path(f"{DESK}reviews/", desk_reviews.desk_reviews, name="desk_reviews"),
    path(f"{DESK}reviews/rules/", desk_reviews.rules, name="desk_review_rules"),
    path(f"{DESK}reviews/assignment/", desk_reviews.assignment, name="desk_assignment"),
    path(f"{DESK}reviews/calibration/", desk_reviews.calibration, name="desk_calibration"),
    path(f"{DESK}reviews/criteria/new/", desk_reviews.criterion_new, name="desk_criterion_new"),
    path(f"{DESK}reviews/criteria/usual/", desk_reviews.usual_criteria, name="desk_usual_criteria"),
    path(f"{DESK}reviews/criteria/<int:criterion_id>/", desk_reviews.criterion, name="desk_criterion"),
    path(
        f"{DESK}reviews/criteria/<int:criterion_id>/deletion/",
        desk_reviews.criterion_deletion,
        name="desk_criterion_deletion",
    ),
]
