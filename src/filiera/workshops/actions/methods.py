"""The library of an edition: taking packaged methods over, writing one's own from the same blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError
from filiera.workshops.method_blocks import (
    MOST_STEPS,
    Content,
    Role,
    Step,
    Words,
    content_from,
    data_of,
    problems,
)
from filiera.workshops.models import Method, MethodVersion
from filiera.workshops.packaged import packaged_methods
from filiera.workshops.policies import methods as policies


class MethodUnknown(DomainError):
    message = _("There is no such method.")
    field = "method"


class TooManySteps(DomainError):
    message = _("A method has at most twenty steps.")


class StepIsUsed(DomainError):
    message = _("Another step works on what this one gives. Change that one first.")


class MethodNotReady(DomainError):
    """`missing` says why, in sentences."""

    message = _("The method cannot be held yet.")

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = list(missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodHead:
    """What a method says of itself."""

    title: Words
    summary: Words
    people: str = ""
    roles: Sequence[Role] = ()


@transaction.atomic
def take_over_method(*, edition: Edition, code: str, by: Viewer, at: datetime) -> Method:
    """Have a packaged method in the edition's library; unless it was reworded it is as the package has it.

    Raises PermissionDenied, MethodUnknown.
    """
    if not policies.can_write_methods(by, edition):
        raise PermissionDenied
    content = packaged_methods().get(code)
    if content is None:
        raise MethodUnknown
    method, _is_new = Method.objects.get_or_create(
        edition=edition,
        packaged_code=code,
        defaults={
            "content": data_of(content),
            "created_at": at,
            "changed_at": at,
            "created_by": by.person,
        },
    )
    if not method.is_reworded and method.content != data_of(content):
        method.content, method.changed_at = data_of(content), at
        method.save(update_fields=["content", "changed_at"])
    return method


@transaction.atomic
def write_method(
    *, edition: Edition, head: MethodHead, model: Content | None, by: Viewer, at: datetime
) -> Method:
    """Begin a method of one's own, empty or with the steps of another. Raises PermissionDenied."""
    if not policies.can_write_methods(by, edition):
        raise PermissionDenied
    content = _with_head(model or Content(title={}), head)
    return Method.objects.create(
        edition=edition, content=data_of(content), created_at=at, changed_at=at, created_by=by.person
    )


@transaction.atomic
def word_method(*, method: Method, head: MethodHead, by: Viewer, at: datetime) -> Method:
    """Change what a method says of itself. Raises PermissionDenied."""
    method = _locked(method, by)
    return _keep(method, _with_head(method.told, head), at)


@transaction.atomic
def save_step(*, method: Method, code: str, step: Step, by: Viewer, at: datetime) -> Method:
    """Change the step with this code, or put a new one at the end where the code is empty.

    Raises PermissionDenied, TooManySteps, MethodUnknown.
    """
    method = _locked(method, by)
    content = method.told
    steps = list(content.steps)
    if code:
        place = content.place_of(code)
        if place is None:
            raise MethodUnknown
        steps[place] = replace(step, code=code)
    else:
        if len(steps) >= MOST_STEPS:
            raise TooManySteps
        steps.append(replace(step, code=_fresh_code(content, step.title)))
    return _keep(method, replace(content, steps=tuple(steps)), at)


@transaction.atomic
def move_step(*, method: Method, code: str, by_places: int, by: Viewer, at: datetime) -> Method:
    """Move a step up (-1) or down (1). Raises PermissionDenied, MethodUnknown."""
    method = _locked(method, by)
    content = method.told
    place = content.place_of(code)
    if place is None:
        raise MethodUnknown
    steps = list(content.steps)
    other = min(max(place + by_places, 0), len(steps) - 1)
    steps.insert(other, steps.pop(place))
    return _keep(method, replace(content, steps=tuple(steps)), at)


@transaction.atomic
def remove_step(*, method: Method, code: str, by: Viewer, at: datetime) -> Method:
    """Raises PermissionDenied, MethodUnknown, StepIsUsed."""
    method = _locked(method, by)
    content = method.told
    if content.step(code) is None:
        raise MethodUnknown
    if any(each.source == code for each in content.steps):
        raise StepIsUsed
    left = tuple(each for each in content.steps if each.code != code)
    return _keep(method, replace(content, steps=left), at)


@transaction.atomic
def remove_method(*, method: Method, by: Viewer, at: datetime) -> Method:
    """Take a method out of the library; what was held with it stays. A packaged one is as packaged again.

    Raises PermissionDenied.
    """
    method = _locked(method, by)
    if method.packaged_code:
        method.content = data_of(packaged_methods()[method.packaged_code])
        method.is_reworded = False
    else:
        method.removed_at = at
    method.changed_at = at
    method.save(update_fields=["content", "is_reworded", "removed_at", "changed_at"])
    return method


def version_for(method: Method, at: datetime) -> MethodVersion:
    """The version that says what the method says now; asks no policy.

    Raises MethodNotReady.
    """
    missing = problems(method.told)
    if missing:
        raise MethodNotReady(missing)
    Method.objects.select_for_update().get(pk=method.pk)
    latest = method.versions.order_by("-number").first()
    if latest is not None and latest.content == method.content:
        return latest
    number = (method.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return MethodVersion.objects.create(method=method, number=number, content=method.content, made_at=at)


def _locked(method: Method, by: Viewer) -> Method:
    method = Method.objects.select_for_update(of=("self",)).select_related("edition").get(pk=method.pk)
    if not policies.can_write_methods(by, method.edition):
        raise PermissionDenied
    return method


def _keep(method: Method, content: Content, at: datetime) -> Method:
    data: Mapping[str, object] = data_of(content)
    if method.content == data:
        return method
    method.content, method.changed_at = data, at
    method.is_reworded = bool(method.packaged_code)
    method.save(update_fields=["content", "changed_at", "is_reworded"])
    return method


def _with_head(content: Content, head: MethodHead) -> Content:
    return replace(
        content_from(data_of(content)),
        title=dict(head.title),
        summary=dict(head.summary),
        people=head.people,
        roles=tuple(head.roles),
    )


def _fresh_code(content: Content, title: Words) -> str:
    base = slugify(next(iter(title.values()), ""))[:30] or "step"
    taken = {each.code for each in content.steps}
    candidates = (base, *(f"{base}-{number}" for number in range(2, MOST_STEPS + 2)))
    return next(each for each in candidates if each not in taken)
