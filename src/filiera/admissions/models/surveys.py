"""Surveys: a questionnaire that people of an edition answer after each session, or once about the whole."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Session, SessionKind, SessionState
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import EDIT_FORMS, VIEW_RESULTS, act_for
from filiera.questionnaires.models import Questionnaire


class SurveySubject(models.TextChoices):
    EDITION = "edition", _("The edition as a whole")
    SESSIONS = "sessions", _("Each session")


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the edition one belongs to, by role or by the link of a place; and for its desk."""
        if viewer.administering:
            return self.all()
        has_link = any(permission.startswith(act_for("")) for permission in viewer.permissions)
        reads = viewer.may(VIEW_RESULTS) or viewer.may(EDIT_FORMS)
        if viewer.edition_id is None or not (viewer.edition_roles or has_link or reads):
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


SurveyManager = models.Manager.from_queryset(SurveyQuerySet)


class Survey(models.Model):
    """When a questionnaire is asked: about each session from its end, or about the edition from a moment."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="surveys")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="surveys")
    subject = models.CharField(max_length=20, choices=SurveySubject)
    opens_at = models.DateTimeField(null=True, blank=True)
    days_open = models.PositiveSmallIntegerField(default=7)
    invited_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SurveyManager["Survey"]] = SurveyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "subject"], name="survey_questionnaire_once_for_a_subject"
            ),
            models.CheckConstraint(
                condition=Q(subject=SurveySubject.EDITION, opens_at__isnull=False)
                | Q(subject=SurveySubject.SESSIONS, opens_at__isnull=True),
                name="survey_of_edition_has_its_opening",
            ),
            models.CheckConstraint(condition=Q(days_open__range=(1, 365)), name="survey_open_for_days"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.subject}"

    @property
    def is_about_sessions(self) -> bool:
        return self.subject == SurveySubject.SESSIONS

    def opening(self, session: Session | None) -> datetime | None:
        """From when it is asked: the end of the session, or the moment that was set."""
        if not self.is_about_sessions:
            return self.opens_at
        if session is None or session.during is None or session.state != SessionState.PLANNED:
            return None
        end: datetime = session.during.upper
        return None if session.kind == SessionKind.BREAK else end

    def closing(self, session: Session | None) -> datetime | None:
        opening = self.opening(session)
        return None if opening is None else opening + timedelta(days=self.days_open)

    def is_asked(self, session: Session | None, at: datetime) -> bool:
        opening, closing = self.opening(session), self.closing(session)
        return opening is not None and closing is not None and opening <= at < closing
