"""The pages that are measured, and what each may cost on the edition of 200 sessions."""

from dataclasses import dataclass

SMALL, LARGE = "cba-2-torino", "load-200"
EDITIONS = (SMALL, LARGE)


@dataclass(frozen=True)
class Page:
    """An address with edition and session left open, who asks for it, and its budget of CPU time.

    A page that is kept when it is finished is measured twice: as it is asked for every day, and built anew
    by a server that keeps none.
    """

    name: str
    path: str
    role: str = ""
    has_token: bool = False
    is_kept: bool = False
    budget_ms: float | None = None
    budget_anew_ms: float | None = None
    budget_bare_pages: float | None = None
    only: str = ""

    def address(self, edition: str, session: str) -> str:
        return self.path.format(edition=edition, session=session)

    def is_for(self, edition: str) -> bool:
        return self.only in ("", edition)


BARE = Page("bare page", "/healthz/page", only=LARGE)
PAGES = (
    BARE,
    Page("schedule", "/academy/{edition}/schedule/", is_kept=True, budget_anew_ms=12, budget_bare_pages=2),
    Page("schedule, signed in with stars", "/academy/{edition}/schedule/", role="participant", budget_ms=20),
    Page("one session", "/academy/{edition}/sessions/{session}/", is_kept=True, budget_ms=4),
    Page("speakers", "/academy/{edition}/speakers/", is_kept=True, budget_ms=12, budget_anew_ms=12),
    Page("iCal", "/academy/{edition}/schedule.ics", is_kept=True, budget_ms=15, budget_anew_ms=15),
    Page("JSON", "/academy/{edition}/schedule.json", is_kept=True, budget_ms=10, budget_anew_ms=10),
    Page("Frab XML", "/academy/{edition}/schedule.xml", is_kept=True),
    Page("API, 50 with token", "/api/v1/editions/{edition}/sessions?limit=50", has_token=True, budget_ms=10),
    Page("organiser's list", "/academy/{edition}/desk/sessions/", role="organiser", budget_ms=25),
    Page("start page", "/", only=LARGE),
    Page("directory", "/directory/", only=LARGE),
)
