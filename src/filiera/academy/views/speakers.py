"""Who is on stage."""

from django.http import Http404, HttpResponse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from filiera.academy.queries.published import published_speaker, rows_of_speakers
from filiera.academy.views.pages import answer, language, open_edition
from filiera.accounts.viewer import ViewerRequest


@require_safe
def speakers(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """Everybody on the published programme, by name."""
    opened = open_edition(request, edition_slug)
    programme = opened.published

    def context() -> dict[str, object]:
        rows = rows_of_speakers(programme, language())
        return {
            "programme": programme,
            "frame": programme.frame,
            "count": len(programme.speakers),
            "speakers": mark_safe("".join(rows[slug] for slug, _name in programme.speakers)),
        }

    return answer(request, opened, "academy/public/speakers.html", context)


@require_safe
def speaker(request: ViewerRequest, edition_slug: str, slug: str) -> HttpResponse:
    """One speaker and the sessions they are in."""
    opened = open_edition(request, edition_slug)
    programme = opened.published
    data = published_speaker(programme, slug)
    if data is None:
        raise Http404
    return answer(
        request,
        opened,
        "academy/public/speaker.html",
        lambda: {
            "programme": programme,
            "frame": programme.frame,
            "speaker": data,
            "sessions": data["sessions"],
        },
    )
