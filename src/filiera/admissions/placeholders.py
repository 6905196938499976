"""What stands in braces in a mail to many, and what each recipient reads there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from filiera.academy.dates import days_between, long_day
from filiera.academy.models import Day, Edition, Part, PartMode
from filiera.admissions.models import Participation
from filiera.admissions.queries.people import organisation_name
from filiera.admissions.queries.tasks import open_titles
from filiera.shared.time import at_zone
from filiera.texts.dates import moment_in_words
from filiera.texts.languages import translated

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class MailMatter:
    """What the mails of one mailing have in common, asked once for all recipients."""

    edition: Edition
    at: datetime

    @cached_property
    def parts(self) -> list[Part]:
        return list(Part.objects.filter(edition=self.edition).order_by("number"))

    @cached_property
    def next_online_day(self) -> Day | None:
        online = Day.objects.filter(
            part__edition=self.edition,
            part__mode__in=[PartMode.ONLINE, PartMode.HYBRID],
            date__gte=self.today,
        )
        return online.exclude(part__online_url="").select_related("part").order_by("date").first()

    @property
    def today(self) -> date:
        return at_zone(self.at, self.edition.time_zone).date()

    def address(self, name: str) -> str:
        return f"{settings.PUBLIC_URL}{reverse(name, args=[self.edition.slug])}"


@dataclass(frozen=True, slots=True)
class Placeholder:
    label: str | Promise
    fill: Callable[[MailMatter, Participation], str]


def _dates(matter: MailMatter, participation: Participation) -> str:
    told = [days_between(part.starts_on, part.ends_on) for part in matter.parts]
    if len(told) < 2:
        return "".join(told)
    return _("%(first)s and %(last)s") % {"first": ", ".join(told[:-1]), "last": told[-1]}


def _respond_by(matter: MailMatter, participation: Participation) -> str:
    if participation.respond_by is None:
        return ""
    return moment_in_words(at_zone(participation.respond_by, matter.edition.time_zone))


def _next_online_day(matter: MailMatter, participation: Participation) -> str:
    return long_day(matter.next_online_day.date) if matter.next_online_day else ""


def _online_link(matter: MailMatter, participation: Participation) -> str:
    return matter.next_online_day.part.online_url if matter.next_online_day else ""


def _tasks_open(matter: MailMatter, participation: Participation) -> str:
    return "; ".join(translated(task.title) for task in open_titles([participation])[participation.pk])


PLACEHOLDERS: Mapping[str, Placeholder] = {
    "name": Placeholder(gettext_lazy("the recipient’s name"), lambda matter, place: place.name),
    "organisation": Placeholder(
        gettext_lazy("the recipient’s organisation"), lambda matter, place: organisation_name(place)
    ),
    "edition": Placeholder(
        gettext_lazy("the name of the edition"), lambda matter, place: translated(matter.edition.name)
    ),
    "dates": Placeholder(gettext_lazy("the days of its parts"), _dates),
    "respond_by": Placeholder(gettext_lazy("until when an offered place is kept"), _respond_by),
    "next_online_day": Placeholder(gettext_lazy("the next online day"), _next_online_day),
    "online_link": Placeholder(gettext_lazy("the link of its video room"), _online_link),
    "tasks_open": Placeholder(gettext_lazy("the recipient’s open tasks"), _tasks_open),
    "programme": Placeholder(
        gettext_lazy("address of the programme"), lambda matter, place: matter.address("academy:schedule")
    ),
    "practical": Placeholder(
        gettext_lazy("address of the practical page"),
        lambda matter, place: matter.address("admissions:practical"),
    ),
    "tasks": Placeholder(
        gettext_lazy("address of the recipient’s tasks"),
        lambda matter, place: matter.address("admissions:tasks"),
    ),
    "surveys": Placeholder(
        gettext_lazy("address of the recipient’s surveys"),
        lambda matter, place: matter.address("admissions:surveys"),
    ),
    "my_page": Placeholder(
        gettext_lazy("address of the recipient’s page of the edition"),
        lambda matter, place: matter.address("academy:my"),
    ),
}


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and means nothing, as it is written; a brace left open is one too."""
    unknown = [found for found in _PLACEHOLDER.findall(text) if found not in PLACEHOLDERS]
    rest = _PLACEHOLDER.sub("", text)
    return [f"{{{name}}}" for name in unknown] + (["{ }"] if "{" in rest or "}" in rest else [])


def used_placeholders(text: str) -> set[str]:
    return {found for found in _PLACEHOLDER.findall(text) if found in PLACEHOLDERS}


def filled(text: str, matter: MailMatter, participation: Participation, *, language: str) -> str:
    """The text as one recipient reads it."""
    with override(language):
        return _PLACEHOLDER.sub(
            lambda found: (
                PLACEHOLDERS[found[1]].fill(matter, participation) if found[1] in PLACEHOLDERS else found[0]
            ),
            text,
        )


def empty_placeholders(
    text: str, matter: MailMatter, participation: Participation, language: str
) -> list[str]:
    """Placeholders that would leave a hole for this recipient."""
    with override(language):
        used = sorted(used_placeholders(text))
        return [f"{{{name}}}" for name in used if not PLACEHOLDERS[name].fill(matter, participation)]
