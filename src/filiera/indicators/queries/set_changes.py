"""What a proposal would change, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from filiera.indicators.definition import Definition
from filiera.indicators.models import ChangeKind, SetProposal
from filiera.indicators.queries.definitions import pinned_definition
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True)
class ChangeNames:
    """The indicators that leave and come, so that each reader has it in their own language."""

    proposal: SetProposal
    leaving: Definition | None
    coming: Definition | None

    @property
    def words(self) -> str:
        """Such as “Add: Meetings held” or “Patents filed instead of Patents”."""
        leaving = translated(self.leaving.names) if self.leaving else self.proposal.leaving
        if self.coming is None:
            return _("Take out: %(name)s") % {"name": leaving}
        coming = translated(self.coming.names)
        if self.proposal.kind == ChangeKind.ADD:
            return _("Add: %(name)s") % {"name": coming}
        if self.proposal.leaving == self.coming.code:
            return _("%(name)s: by version %(version)s of its definition") % {
                "name": coming,
                "version": self.coming.version,
            }
        return _("%(coming)s instead of %(leaving)s") % {"coming": coming, "leaving": leaving}


def change_of(proposal: SetProposal, known: Mapping[str, Definition]) -> ChangeNames:
    """`known` are the definitions of today; the proposal was read with what comes."""
    coming = pinned_definition(proposal.coming) if proposal.coming is not None else None
    return ChangeNames(proposal, known.get(proposal.leaving), coming)
