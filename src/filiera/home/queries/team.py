"""What needs those who make an edition, speak for an organisation or look after the platform."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy.models import ChecklistTask, Session, SessionState, Speaker
from filiera.academy.permissions import VIEW_DRAFT
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.mail.models import MailState, OutgoingMail
from filiera.organisations.models import Organisation, Position
from filiera.texts.languages import translated

from .needs import EditionPlace, Need, editions_with, need_in

TASK_HORIZON = timedelta(days=14)


def programme_needs(places: Iterable[EditionPlace]) -> Iterable[Need]:
    desks = editions_with(places, VIEW_DRAFT)
    changed_since = Q(edition__current_version__isnull=True) | Q(
        updated_at__gt=F("edition__current_version__published_at")
    )
    rows = (
        Session.objects.filter(edition__in=desks, state=SessionState.PLANNED)
        .values("edition_id")
        .annotate(
            changed=Count("pk", filter=changed_since & Q(during__isnull=False)),
            waiting=Count("pk", filter=Q(during__isnull=True)),
        )
        .order_by("edition_id")
    )
    for row in rows if desks else ():
        edition = desks[row["edition_id"]]
        if row["changed"]:
            sentence = ngettext(
                "One session has changes that visitors do not see yet",
                "%(count)s sessions have changes that visitors do not see yet",
                row["changed"],
            ) % {"count": row["changed"]}
            yield need_in(edition, sentence, "academy:desk_publish", is_urgent=True)
        if row["waiting"]:
            sentence = ngettext(
                "One session has no time yet", "%(count)s sessions have no time yet", row["waiting"]
            ) % {"count": row["waiting"]}
            yield need_in(edition, sentence, "academy:desk_programme")


def speaker_needs(places: Iterable[EditionPlace]) -> Iterable[Need]:
    desks = editions_with(places, VIEW_DRAFT)
    if not desks:
        return
    silent = (
        Speaker.objects.filter(
            edition__in=desks, invited_at__isnull=False, confirmed_at__isnull=True, declined_at__isnull=True
        )
        .values("edition_id")
        .annotate(count=Count("pk"))
        .order_by("edition_id")
    )
    for row in silent:
        sentence = ngettext(
            "One speaker has not answered", "%(count)s speakers have not answered", row["count"]
        ) % {"count": row["count"]}
        yield need_in(desks[row["edition_id"]], sentence, "academy:desk_speakers")


def task_needs(places: Iterable[EditionPlace], person: Person, at: datetime) -> Iterable[Need]:
    desks = editions_with(places, VIEW_DRAFT)
    if not desks:
        return
    tasks = (
        ChecklistTask.objects.filter(Q(owner=person) | Q(owner__isnull=True))
        .filter(edition__in=desks, part__isnull=False, done_at__isnull=True)
        .select_related("part")
        .order_by("part__starts_on", "position", "pk")
    )
    for task in tasks:
        edition = desks[task.edition_id]
        today = (edition.clock_at or at).date()
        due_on = task.part.starts_on - timedelta(days=task.days_before) if task.part else today
        if due_on <= today + TASK_HORIZON:
            yield need_in(edition, translated(task.title), "academy:desk_checklist", is_urgent=due_on < today)


def organisation_needs(workspaces: Iterable[Position]) -> Iterable[Need]:
    for position in workspaces:
        organisation = position.organisation
        if not organisation.description:
            yield Need(
                sentence=_("The public page has no description yet"),
                address=reverse("organisations:workspace", args=[organisation.slug]),
                about=organisation.name,
            )


def administrator_needs(person: Person, viewer: Viewer) -> Iterable[Need]:
    if not person.is_administrator:
        return
    yield from _first_steps(viewer)
    failed = OutgoingMail.objects.filter(state=MailState.FAILED).count()
    if failed:
        yield Need(
            sentence=ngettext(
                "One mail could not be delivered", "%(count)s mails could not be delivered", failed
            )
            % {"count": failed},
            address=reverse("accounts:administration"),
            about=_("Platform"),
            is_urgent=True,
        )


def _first_steps(viewer: Viewer) -> Iterable[Need]:
    """What a platform needs until somebody speaks for an organisation on it."""
    if Position.objects.exists():
        return
    first = Organisation.objects.order_by("pk").first()
    if not viewer.administering:
        session = reverse("accounts:administration")
        yield Need(_("Open an administrator’s session, to set up the platform"), session, _("Platform"))
    elif first is None:
        create = reverse("organisations:organisation_create")
        table = reverse("organisations:organisation_import")
        yield Need(_("Add the first organisation: the one that runs the academies"), create, _("Platform"))
        yield Need(_("Or bring organisations along in a table"), table, _("Platform"))
    else:
        team = reverse("organisations:team", args=[first.slug])
        sentence = _("Invite a manager: who speaks for an organisation makes its academies")
        yield Need(sentence, team, first.name_here)
