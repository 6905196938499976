"""Writing definitions of one's own: looked at first, then published as a version that stays."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions.definitions import check_definition, publish_definition
from filiera.indicators.definition import Definition, DefinitionHasMistakes
from filiera.indicators.forms import DefinitionForm
from filiera.indicators.models import IndicatorVersion, Origin
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.views.common import workspace_view
from filiera.indicators.words import measure_words
from filiera.ledger.kinds import all_kinds
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

EXAMPLE = """code: working_group_meetings
version: 1
names: {en: Meetings across borders, it: Incontri con altri Paesi}
descriptions:
  en: Meetings held with organisations of another country.
  it: Incontri svolti con organizzazioni di un altro Paese.
stage: activity
unit: count
better: more
period: any
breakdowns: [country]
side: either
measure:
  kind: count
  facts: [meeting.held]
  where: {across: country}
"""


@require_http_methods(["GET", "POST"])
@workspace_view(policies.can_edit_definitions)
def definition_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _edit(request, organisation, EXAMPLE)


@require_http_methods(["GET", "POST"])
@workspace_view(policies.can_edit_definitions)
def definition_next(request: ViewerRequest, organisation: Organisation, indicator: str) -> HttpResponse:
    """The next version of a definition of one's own."""
    own = IndicatorVersion.objects.filter(code=indicator, owner=organisation, origin=Origin.ORGANISATION)
    former = own.order_by("-version").first()
    if former is None:
        raise Http404
    import yaml  # only those who write definitions need it

    told = {**former.body, "version": former.version + 1}
    return _edit(request, organisation, yaml.safe_dump(told, allow_unicode=True, sort_keys=False))


def _edit(request: ViewerRequest, organisation: Organisation, first: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, organisation, DefinitionForm(initial={"text": first}))
    form = DefinitionForm(request.POST)
    if not form.is_valid():
        return _page(request, organisation, form, status=422)
    text = form.cleaned_data["text"]
    try:
        if "check" in request.POST:
            return _page(request, organisation, form, checked=check_definition(text, organisation))
        version = publish_definition(
            text=text, organisation=organisation, by=request.viewer, at=timezone.now()
        )
    except DefinitionHasMistakes as error:
        for problem in error.problems:
            form.add_error("text", str(problem))
    except DomainError as error:
        form.add_error("text", str(error))
    else:
        messages.success(request, _("It is published. Its figures are being computed."))
        return redirect("indicators:definition", version.code)
    return _page(request, organisation, form, status=422)


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    form: DefinitionForm,
    *,
    checked: Definition | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "organisation": organisation,
        "form": form,
        "checked": checked,
        "measured": measure_words(checked, current_definitions()) if checked else "",
        "kinds": all_kinds(),
        "own": IndicatorVersion.objects.filter(owner=organisation).current(),
    }
    return render_page(request, "indicators/workspace/editor.html", context, status=status)
