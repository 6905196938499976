"""The library of methods: read, worded anew, and written from the blocks."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.workshops.actions import methods as actions
from filiera.workshops.forms.methods import MethodHeadForm, StepForm
from filiera.workshops.method_blocks import MEANING, Block, problems
from filiera.workshops.models import Method
from filiera.workshops.queries.methods import LibraryLine, library

from .method_common import leading


def find_line(request: ViewerRequest, edition: Edition, key: str) -> LibraryLine:
    """The method that an address names. Raises Http404."""
    line = next((each for each in library(request.viewer, edition) if each.key == key), None)
    if line is None:
        raise Http404
    return line


def own_method(request: ViewerRequest, edition: Edition, line: LibraryLine, at: datetime) -> Method:
    """The edition's own row of a method; a packaged one is taken over."""
    if line.code:
        return actions.take_over_method(edition=edition, code=line.code, by=request.viewer, at=at)
    if line.method is None:
        raise Http404
    return line.method


@require_safe
@leading
def desk_method(request: ViewerRequest, edition: Edition, method_key: str) -> HttpResponse:
    """One method with its steps."""
    line = find_line(request, edition, method_key)
    context = {
        "edition": edition,
        "line": line,
        "content": line.content,
        "problems": problems(line.content),
        "blocks": [(block, MEANING[block]) for block in Block],
    }
    return render_page(request, "workshops/methods/desk/method.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_method_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Begin one's own, empty or with the steps of another."""
    key = request.GET.get("from", "")
    model = find_line(request, edition, key).content if key else None
    form = MethodHeadForm(request.POST if request.method == "POST" else None, content=model)
    if request.method == "POST" and form.is_valid():
        method = actions.write_method(
            edition=edition, head=form.head(), model=model, by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("The method stands in the library. Put its steps together."))
        return redirect("workshops:desk_method", edition.slug, f"own-{method.pk}")
    context = {"edition": edition, "form": form, "line": None, "model": model}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workshops/methods/desk/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_method_head(request: ViewerRequest, edition: Edition, method_key: str) -> HttpResponse:
    """Change what a method says of itself."""
    line = find_line(request, edition, method_key)
    form = MethodHeadForm(request.POST if request.method == "POST" else None, content=line.content)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        method = own_method(request, edition, line, at)
        actions.word_method(method=method, head=form.head(), by=request.viewer, at=at)
        messages.success(request, _("The method is saved."))
        return redirect("workshops:desk_method", edition.slug, method_key)
    context = {"edition": edition, "form": form, "line": line}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workshops/methods/desk/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_method_step_new(
    request: ViewerRequest, edition: Edition, method_key: str, block: str
) -> HttpResponse:
    """Put a step of some block at the end."""
    if block not in Block.values:
        raise Http404
    return _step_page(request, edition, find_line(request, edition, method_key), block, "")


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_method_step(
    request: ViewerRequest, edition: Edition, method_key: str, step_code: str
) -> HttpResponse:
    """Change one step."""
    line = find_line(request, edition, method_key)
    step = line.content.step(step_code)
    if step is None:
        raise Http404
    return _step_page(request, edition, line, step.block, step.code)


@require_POST
@leading
def desk_method_step_order(
    request: ViewerRequest, edition: Edition, method_key: str, step_code: str
) -> HttpResponse:
    """Move a step up or down, or take it out."""
    line, at = find_line(request, edition, method_key), timezone.now()
    to = request.POST.get("to", "")

    def act() -> object:
        method = own_method(request, edition, line, at)
        if to == "out":
            return actions.remove_step(method=method, code=step_code, by=request.viewer, at=at)
        places = {"up": -1, "down": 1}.get(to, 0)
        return actions.move_step(method=method, code=step_code, by_places=places, by=request.viewer, at=at)

    _try(request, act)
    return redirect("workshops:desk_method", edition.slug, method_key)


@require_POST
@leading
def desk_method_removal(request: ViewerRequest, edition: Edition, method_key: str) -> HttpResponse:
    """Take a method out of the library; a packaged one becomes as it was."""
    line, at = find_line(request, edition, method_key), timezone.now()
    if line.method is not None:
        actions.remove_method(method=line.method, by=request.viewer, at=at)
    if line.code:
        messages.success(request, _("The method is as it was packaged."))
        return redirect("workshops:desk_method", edition.slug, method_key)
    messages.success(request, _("The method is out of the library."))
    return redirect("workshops:desk_methods", edition.slug)


def _step_page(
    request: ViewerRequest, edition: Edition, line: LibraryLine, block: str, code: str
) -> HttpResponse:
    form = StepForm(
        request.POST if request.method == "POST" else None,
        block=block,
        content=line.content,
        step=line.content.step(code),
    )
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            method = own_method(request, edition, line, at)
            actions.save_step(method=method, code=code, step=form.step(), by=request.viewer, at=at)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The step is saved."))
            return redirect("workshops:desk_method", edition.slug, line.key)
    context = {
        "edition": edition,
        "line": line,
        "form": form,
        "kind": Block(block),
        "meaning": MEANING[block],
        "is_new": not code,
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workshops/methods/desk/step.html", context, status=status)


def _try(request: ViewerRequest, act: Callable[[], object]) -> None:
    try:
        act()
    except DomainError as error:
        messages.warning(request, str(error))
