"""What changed from version to version, in plain words."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from filiera.academy.changes import in_words
from filiera.academy.queries.published import versions_for_reading
from filiera.academy.views.pages import answer, open_edition
from filiera.accounts.viewer import ViewerRequest


@require_safe
def changes(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """Every version, newest first, with its note and its changes."""
    opened = open_edition(request, edition_slug)
    programme = opened.published

    def context() -> dict[str, object]:
        present = {item.slug for item in programme.items}
        return {
            "programme": programme,
            "frame": programme.frame,
            "versions": [
                {
                    "version": version,
                    "changes": [
                        {
                            "words": in_words(change),
                            "kind": change["kind"],
                            "session": change["session"] if change["session"] in present else "",
                        }
                        for change in version.changes
                    ],
                }
                for version in versions_for_reading(request.viewer, edition_slug)
            ],
        }

    return answer(request, opened, "academy/public/changes.html", context)
