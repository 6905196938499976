"""Where the builder stands: a higher app mounts it at addresses of its own, in its own frame."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from filiera.accounts.viewer import ViewerRequest
from filiera.questionnaires.models import Questionnaire

SiteView = Callable[..., HttpResponse]
Enter = Callable[[SiteView], SiteView]


def no_names(subjects: list[str]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Site:
    """One workspace's place for questionnaires.

    `frame` is the template the pages extend, `context` what it needs, `namespace` and `arguments` make the
    addresses, `purposes` are the codes that may be built here. `subject_names` gives words to what responses
    are about ("session:7").
    """

    workspace: str
    namespace: str
    frame: str
    arguments: tuple[str | int, ...] = ()
    purposes: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    subject_names: Callable[[list[str]], Mapping[str, str]] = no_names

    def address(self, name: str, *arguments: str | int) -> str:
        return reverse(f"{self.namespace}:{name}", args=[*self.arguments, *arguments])


def find_questionnaire(request: ViewerRequest, site: Site, questionnaire_id: int) -> Questionnaire:
    """The questionnaire of this workspace, if the viewer may know it; else 404."""
    visible = Questionnaire.objects.visible_to(request.viewer).of_workspace(site.workspace)
    return get_object_or_404(visible, pk=questionnaire_id)
