"""What happens in the rooms at work and counts."""

from django.utils.translation import gettext_lazy as _

from filiera.ledger.kinds import FactKind, Unit, register

GROUP_WORK = FactKind(
    code="group.worked_in",
    unit=Unit.PERSON,
    name=_("Group work taken part in"),
    meaning=_(
        "Somebody had a place in a published group whose session was held; where presence was taken there, "
        "only who was present. It counts once for a round, for the participant's organisation; the "
        "counterpart is the organiser."
    ),
)
ACTION_PLAN_PRESENTED = FactKind(
    code="action_plan.presented",
    unit=Unit.PERSON,
    name=_("Action plan presented"),
    meaning=_(
        "Somebody's group presented its action plan. It counts once for each member of the group, for the "
        "member's organisation; the counterpart is the organiser."
    ),
)
MEASURE_PROMISED = FactKind(
    code="measure.promised",
    unit=Unit.ONE,
    name=_("Measure promised"),
    meaning=_(
        "A measure of an action plan got a person and a cluster that promise it. It counts for that cluster, "
        "once; a measure that is an idea only does not count. The counterpart is the organiser."
    ),
)
MEASURE_DONE = FactKind(
    code="measure.done",
    unit=Unit.ONE,
    name=_("Measure done"),
    meaning=_(
        "The owner of a promised measure said that it is done. It counts for the cluster that promised it; "
        "saying later that it is not done reverses it."
    ),
)
MEASURE_BLOCKED = FactKind(
    code="measure.blocked",
    unit=Unit.ONE,
    name=_("Measure blocked"),
    meaning=_(
        "The owner of a promised measure said that it cannot go on. It counts for the cluster that promised "
        "it, until the owner says otherwise."
    ),
)
MEASURE_BROUGHT_HOME = FactKind(
    code="measure.brought_home",
    unit=Unit.ONE,
    name=_("Measure brought home"),
    meaning=_(
        "A measure of a group's action plan was taken into the plan of a cluster. It counts for that "
        "cluster; the counterpart is the organiser."
    ),
)
CHALLENGE_SOLVED = FactKind(
    code="challenge.solved",
    unit=Unit.ONE,
    name=_("Challenge solved"),
    meaning=_(
        "The owner of a challenge said that it is solved, and how. It counts for the owner's organisation; "
        "the counterpart is the organiser of the edition."
    ),
)
CHALLENGE_HELPED = FactKind(
    code="challenge.helped",
    unit=Unit.PERSON,
    name=_("Help with a solved challenge"),
    meaning=_(
        "The owner of a solved challenge named somebody who helped. It counts for the helper's organisation; "
        "the counterpart is the owner's organisation."
    ),
)
METHOD_HELD = FactKind(
    code="method.held",
    unit=Unit.ONE,
    name=_("Method held to its end"),
    meaning=_(
        "A circle worked through a method to its last step. It counts once for each board on which somebody "
        "wrote, voted or placed something, for the organiser of the edition; a method that was ended early "
        "does not count."
    ),
)
METHOD_WORKED_IN = FactKind(
    code="method.worked_in",
    unit=Unit.PERSON,
    name=_("Method taken part in"),
    meaning=_(
        "A participant wrote, voted or placed something in a method that was held to its end. It counts once "
        "for a person and a method, for the participant's organisation; the counterpart is the organiser."
    ),
)


def register_kinds() -> None:
    register(
        GROUP_WORK,
        ACTION_PLAN_PRESENTED,
        MEASURE_PROMISED,
        MEASURE_DONE,
        MEASURE_BLOCKED,
        MEASURE_BROUGHT_HOME,
        CHALLENGE_SOLVED,
        CHALLENGE_HELPED,
        METHOD_HELD,
        METHOD_WORKED_IN,
    )
