"""A set of indicators as the network of poles might share it. It is made up, as is who agreed to what."""

from datetime import datetime, timedelta

from django.db import transaction

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators.actions.set_adoptions import adopt_version
from filiera.indicators.actions.set_proposals import Change, accept_proposal, propose_change, say
from filiera.indicators.actions.sets import SetDetails, create_set, publish_set
from filiera.indicators.models import ChangeKind, IndicatorSet, SetAudience, Stance
from filiera.indicators.queries.round_asked import poles_to_ask
from filiera.organisations.models import Organisation
from filiera.organisations.permissions import permissions_of

NETWORK = "sistema-poli-di-innovazione-piemonte"
CLUSTER = "mesap"
FIRST = (
    "members_total",
    "members_joined",
    "members_left",
    "members_sme_share",
    "meetings_held",
    "management_staff",
)
# How many other poles use it too; two of them say what they think.
OTHERS = 4


@transaction.atomic
def load_sets(people: dict[str, Person], at: datetime) -> None:
    """A set at its second version, the first in use by one pole, and a change proposed; once."""
    network = Organisation.objects.filter(slug=NETWORK).first()
    if network is None or IndicatorSet.objects.filter(organisation=network).exists():
        return
    cluster = Organisation.objects.get(slug=CLUSTER)
    others = list(poles_to_ask(network).exclude(pk=cluster.pk)[:OTHERS])
    officer = _viewer(people["officer"], network, "manager")
    staff = _viewer(people["organiser"], cluster, "staff")
    # Nobody of the demonstration works for the other poles.
    system = Viewer(person=None, administering=True)
    began = at - timedelta(days=120)
    indicator_set = create_set(
        organisation=network,
        details=SetDetails(
            name={"en": "Figures of the seven poles", "it": "I dati dei sette poli"},
            purpose={
                "en": "What every pole of the network watches in the same way, so that we can talk about it "
                "together once a year.",
                "it": "Quello che ogni polo della rete guarda allo stesso modo, per poterne parlare insieme "
                "una volta all’anno.",
            },
            audience=SetAudience.EVERYBODY,
        ),
        codes=FIRST,
        is_demonstration=True,
        by=officer,
        at=began,
    )
    first = publish_set(indicator_set=indicator_set, by=officer, at=began + timedelta(days=3))
    adopt_version(version=first, organisation=cluster, by=staff, at=began + timedelta(days=10))
    for number, pole in enumerate(others):
        adopt_version(version=first, organisation=pole, by=system, at=began + timedelta(days=11 + number))
    proposer, *speakers = others
    accepted = propose_change(
        indicator_set=indicator_set,
        organisation=proposer,
        change=Change(kind=ChangeKind.ADD, coming="agreements_advanced"),
        reason="Dimostrazione. Gli accordi dicono di più degli incontri: mostrano che cosa ne è nato.",
        is_demonstration=True,
        by=system,
        at=began + timedelta(days=40),
    )
    for speaker in speakers[:2]:
        say(
            proposal=accepted,
            organisation=speaker,
            stance=Stance.AGREES,
            text="Dimostrazione. D’accordo: li registriamo già.",
            by=system,
            at=began + timedelta(days=45),
        )
    second = accept_proposal(proposal=accepted, publishes=True, by=officer, at=began + timedelta(days=60))
    for pole in others[:2]:
        adopt_version(version=second, organisation=pole, by=system, at=began + timedelta(days=64))
    waiting = propose_change(
        indicator_set=indicator_set,
        organisation=others[-1],
        change=Change(kind=ChangeKind.REPLACE, leaving="management_staff", coming="member_churn"),
        reason="Dimostrazione. Il personale si dichiara a mano una volta all’anno; il ricambio dei soci si "
        "calcola da solo.",
        is_demonstration=True,
        by=system,
        at=at - timedelta(days=6),
    )
    say(
        proposal=waiting,
        organisation=proposer,
        stance=Stance.DISAGREES,
        text="Dimostrazione. Il personale serve ancora per il label europeo.",
        by=system,
        at=at - timedelta(days=4),
    )


def _viewer(person: Person, organisation: Organisation, role: str) -> Viewer:
    return Viewer(person=person, organisation_id=organisation.pk, permissions=permissions_of([role]))
