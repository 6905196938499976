"""Calls and applications: what everybody reads, what applicants write, what the desk does with it."""

from django.urls import URLPattern, path

from filiera.admissions.models import CallKind
from filiera.admissions.views import applications, apply
from filiera.admissions.views.desk import calls

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
]
