"""Everything that `filiera demo` shows, made once."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from filiera.demo.attendance import load_attendance
from filiera.demo.certificates import load_certificates
from filiera.demo.challenges import load_challenges
from filiera.demo.cohort import load_cohort
from filiera.demo.dinner_of_torino import load_dinner_of_torino
from filiera.demo.feedback import load_feedback
from filiera.demo.groups import load_groups
from filiera.demo.impact import load_impact
from filiera.demo.large import load_large
from filiera.demo.meetings_of_two import load_meetings_of_two
from filiera.demo.methods import load_methods
from filiera.demo.organisations import load_organisations
from filiera.demo.peers import load_peers
from filiera.demo.people import load_people
from filiera.demo.people_of_torino import load_people_of_torino
from filiera.demo.places import load_places
from filiera.demo.plans import load_plans
from filiera.demo.poles import load_poles
from filiera.demo.readiness import load_readiness
from filiera.demo.reports import load_reports
from filiera.demo.reviews import load_reviews
from filiera.demo.room import load_room
from filiera.demo.rounds import load_rounds
from filiera.demo.selection import load_open_selection, load_selection
from filiera.demo.sets import load_sets
from filiera.demo.torino import load_torino
from filiera.demo.trends import load_trends
from filiera.demo.visits_of_torino import load_visits_of_torino
from filiera.indicators.actions.definitions import load_packaged
from filiera.reference.load import load_reference


def load_demonstration(progress: Callable[[str], None]) -> None:
    """Load what is not there yet; `progress` is told each step in a few words."""
    at = timezone.now()
    progress(_("classifications and regions"))
    load_reference()
    progress(_("organisations and their memberships"))
    load_organisations(at)
    progress(_("one person for every role"))
    people = load_people(at)
    progress(_("the second Cluster Booster Academy"))
    torino = load_torino(people, at)
    progress(_("eighty-four applicants"))
    call = load_cohort(torino, people, at)
    load_reviews(call, people)
    progress(_("thirty places for eighty-four"))
    load_selection(call, people)
    load_places(torino)
    progress(_("what the clusters bring"))
    load_challenges(torino, people, at)
    load_trends(torino, people, at)
    progress(_("the groups of the first day"))
    load_groups(torino, at)
    load_methods(torino, people, at)
    progress(_("what the room asks"))
    load_room(torino, people, at)
    progress(_("who was there, and the certificates of the online days"))
    load_attendance(torino, at)
    load_certificates(torino, at)
    progress(_("what participants do between the parts"))
    load_people_of_torino(torino, people, at)
    progress(_("whom thirty people meet over lunch"))
    load_meetings_of_two(torino, people, at)
    progress(_("five action plans, and what became of them"))
    load_plans(torino, people, at)
    progress(_("laboratory visits and their draw"))
    load_visits_of_torino(torino)
    progress(_("dinner with the seven poles"))
    load_dinner_of_torino(torino)
    progress(_("what people thought of the first part"))
    load_feedback(torino, at)
    progress(_("five years of the seven poles"))
    load_packaged(at)
    load_poles(at)
    progress(_("a binder for the label"))
    load_readiness(people, at)
    load_peers(at)
    progress(_("two collection rounds"))
    load_rounds(people, at)
    load_reports(people, at)
    load_sets(people, at)
    progress(_("what joining may have changed"))
    load_impact(at)
    progress(_("an edition of 200 sessions"))
    load_open_selection(load_large(people, at), call, people)
