"""Where a plan stands: the same pages in an edition and in an organisation's own workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.organisations.models import Organisation
from filiera.shared.http import send_to
from filiera.workshops.models import ActionPlan
from filiera.workshops.policies.editions import can_take_part
from filiera.workshops.queries.plans import find_plans

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class PlanPlace:
    """The part of an address before a plan, and the names of the addresses there."""

    plan: ActionPlan

    @property
    def slug(self) -> str:
        owner = self.plan.edition if self.plan.organisation is None else self.plan.organisation
        return "" if owner is None else owner.slug

    @property
    def is_home(self) -> bool:
        return self.plan.organisation_id is not None

    def address(self, name: str, *arguments: object) -> str:
        prefix = "home_" if self.is_home else ""
        return reverse(f"workshops:{prefix}{name}", args=[self.slug, *arguments])

    def of_plan(self, name: str, *arguments: object) -> str:
        return self.address(name, self.plan.pk, *arguments)

    @property
    def texts(self) -> str:
        """Where the texts of the plan are sent and asked for; the key of a text follows."""
        one = self.address("text_operations", "plan", self.plan.pk, "aim")
        return one.removesuffix(f"plan/{self.plan.pk}/aim/")


def with_plan(view: View) -> View:
    """Give a view the plan of its address: 404 where the viewer may not know it, sign-in for visitors."""

    @wraps(view)
    def guarded(
        request: ViewerRequest,
        plan_id: int,
        *args: Any,
        edition_slug: str = "",
        slug: str = "",
        **kwargs: Any,
    ) -> HttpResponse:
        if not request.viewer.is_known:
            return to_sign_in(request)
        found = find_plans(request.viewer, edition_slug=edition_slug, slug=slug).filter(pk=plan_id).first()
        if found is None:
            _refuse_known_edition(request, edition_slug)
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded


def in_organisation(view: View) -> View:
    """Give a view the organisation of its address, for whoever belongs to its team."""

    @wraps(view)
    def guarded(request: ViewerRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer.is_known:
            return to_sign_in(request)
        visible = Organisation.objects.visible_to(request.viewer)
        organisation = get_object_or_404(visible, slug=slug)
        if request.viewer.organisation_id != organisation.pk and not request.viewer.administering:
            raise PermissionDenied
        request.workspace = organisation  # type: ignore[attr-defined]
        return view(request, organisation, *args, **kwargs)

    return guarded


def to_sign_in(request: ViewerRequest) -> HttpResponse:
    address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
    return send_to(request, address)


def _refuse_known_edition(request: ViewerRequest, edition_slug: str) -> None:
    """Who sees the edition but does not take part is refused, not told that nothing is there."""
    edition = Edition.objects.visible_to(request.viewer).filter(slug=edition_slug).first()
    if edition is not None and not can_take_part(request.viewer, edition):
        raise PermissionDenied
