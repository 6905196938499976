"""Addresses of the preparation for the label."""

from django.urls import path

from filiera.indicators.views import readiness

_READINESS = "o/<slug:slug>/indicators/readiness/"
_ONE = f"{_READINESS}<str:label_code>/"

urlpatterns = [
    path(_READINESS, readiness.readiness, name="readiness"),
    path(f"{_READINESS}gaps/", readiness.gaps, name="readiness_gaps"),
    path(f"{_READINESS}interview/", readiness.interview, name="readiness_interview"),
    path(f"{_READINESS}readiness.pdf", readiness.document, name="readiness_pdf"),
    path(f"{_READINESS}readiness.zip", readiness.archive, name="readiness_zip"),
    path(_ONE, readiness.label_indicator, name="label_indicator"),
    path(f"{_ONE}targets/<slug:indicator>/", readiness.target_edit, name="label_target_edit"),
    path(f"{_ONE}evidence/", readiness.evidence_create, name="evidence_create"),
    path(
        f"{_ONE}evidence/<int:evidence_id>/confirmation/", readiness.evidence_confirm, name="evidence_confirm"
    ),
    path(f"{_ONE}evidence/<int:evidence_id>/removal/", readiness.evidence_remove, name="evidence_remove"),
    path(f"{_ONE}words/", readiness.note_edit, name="interview_note_edit"),
]
