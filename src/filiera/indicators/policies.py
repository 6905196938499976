"""Who may read, make and declare figures."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.indicators.models import (
    CollectionFirm,
    CollectionPart,
    CollectionRound,
    DeclarationRequest,
    IndicatorSet,
    LabelEvidence,
)
from filiera.indicators.permissions import VIEW_EDITION_FIGURES, Permission
from filiera.organisations.models import Organisation, OrganisationKind


def can_view_figures(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.INDICATORS_VIEW)


def can_view_edition_figures(viewer: Viewer, edition: Edition) -> bool:
    in_it = viewer.administering or viewer.edition_id == edition.pk
    return in_it and viewer.may(VIEW_EDITION_FIGURES)


def can_edit_definitions(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.INDICATORS_EDIT)


def can_declare(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.FIGURES_DECLARE)


def can_see_readiness(viewer: Viewer, organisation: Organisation) -> bool:
    """The label is for those who take members."""
    return organisation.takes_members and can_view_figures(viewer, organisation)


def can_prepare_readiness(viewer: Viewer, organisation: Organisation) -> bool:
    return organisation.takes_members and can_declare(viewer, organisation)


def can_confirm_evidence(viewer: Viewer, evidence: LabelEvidence) -> bool:
    """Somebody else of the workspace than who added it."""
    return (
        can_prepare_readiness(viewer, evidence.organisation)
        and viewer.person_id is not None
        and viewer.person_id != evidence.added_by_id
    )


def can_study_impact(viewer: Viewer, organisation: Organisation) -> bool:
    """Panels hold figures of single firms: a right of its own."""
    return _holds(viewer, organisation, Permission.IMPACT_STUDY)


def can_see_peers(viewer: Viewer, organisation: Organisation) -> bool:
    """Clusters are compared with clusters."""
    return organisation.kind == OrganisationKind.CLUSTER and can_view_figures(viewer, organisation)


def can_join_peers(viewer: Viewer, organisation: Organisation) -> bool:
    return organisation.kind == OrganisationKind.CLUSTER and _holds(
        viewer, organisation, Permission.INDICATORS_EDIT
    )


def can_see_rounds(viewer: Viewer, organisation: Organisation) -> bool:
    """Rounds ask clusters, and clusters, networks and regions open them."""
    return _works_with_clusters(organisation) and can_view_figures(viewer, organisation)


def can_run_rounds(viewer: Viewer, organisation: Organisation) -> bool:
    return can_see_rounds(viewer, organisation) and _holds(viewer, organisation, Permission.ROUNDS_RUN)


def can_run_round(viewer: Viewer, round_: CollectionRound) -> bool:
    return can_run_rounds(viewer, round_.organisation)


def can_submit_part(viewer: Viewer, part: CollectionPart) -> bool:
    """Whoever declares figures for the pole."""
    return can_declare(viewer, part.organisation)


def can_answer_for(viewer: Viewer, firm: CollectionFirm) -> bool:
    """Whoever came by the link that the firm was sent."""
    return answer_for(firm.pk) in viewer.permissions


def answer_for(firm_id: int) -> str:
    """What the holder of a firm's link may do, and nothing else."""
    return f"indicators.answer_for.{firm_id}"


def can_tell_figure(viewer: Viewer, request: DeclarationRequest) -> bool:
    """Whoever came by the link of the request as it stands now."""
    return tell_figure(request.pk, request.link_seed) in viewer.permissions


def tell_figure(request_id: int, seed: str) -> str:
    """What the holder of a link to one figure may do, and nothing else; another seed ends it."""
    return f"indicators.tell_figure.{request_id}.{seed}"


def can_see_sets(viewer: Viewer, organisation: Organisation) -> bool:
    """Clusters, networks and regions share sets of indicators."""
    return _works_with_clusters(organisation) and can_view_figures(viewer, organisation)


def can_make_sets(viewer: Viewer, organisation: Organisation) -> bool:
    """Whoever writes definitions for a cluster or a network."""
    return organisation.takes_members and can_edit_definitions(viewer, organisation)


def can_make_set(viewer: Viewer, indicator_set: IndicatorSet) -> bool:
    """Write its next version, and decide on what is proposed."""
    return can_make_sets(viewer, indicator_set.organisation)


def can_use_sets(viewer: Viewer, organisation: Organisation) -> bool:
    """Adopt a set for the organisation, propose a change of it and say something to a proposal."""
    return _works_with_clusters(organisation) and can_declare(viewer, organisation)


def can_write_reports(viewer: Viewer, organisation: Organisation) -> bool:
    """Build reports, fill forms of funders, and say to whom they are sent."""
    return can_view_figures(viewer, organisation) and _holds(viewer, organisation, Permission.REPORTS_WRITE)


def _works_with_clusters(organisation: Organisation) -> bool:
    return organisation.takes_members or organisation.kind == OrganisationKind.AUTHORITY


def _holds(viewer: Viewer, organisation: Organisation, permission: Permission) -> bool:
    return viewer.may(permission) and (viewer.administering or viewer.organisation_id == organisation.pk)
