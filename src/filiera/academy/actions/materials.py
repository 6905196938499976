"""Files and links of a session."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from filiera.academy import policies
from filiera.academy.models import Material, MaterialAudience, MaterialMoment, Session, Speaker, StepKind
from filiera.accounts.viewer import Viewer
from filiera.files.actions import store_upload
from filiera.files.rules import MATERIALS

from .publication import record_material
from .steps import recorded_step

MATERIAL_POLICY = "academy.material"


@dataclass(frozen=True, kw_only=True)
class MaterialDetails:
    """What a material is called, and who sees it from when."""

    title: dict[str, str]
    url: str = ""
    audience: str = MaterialAudience.PARTICIPANTS
    moment: str = MaterialMoment.BEFORE


@transaction.atomic
def add_material(
    *,
    session: Session,
    details: MaterialDetails,
    upload: "UploadedFile[bytes] | None",
    by: Viewer,
    at: datetime,
    speaker: Speaker | None = None,
) -> Material:
    """Add a file or a link; a speaker of the session may do so by their own link.

    Raises PermissionDenied, and what storing a file refuses.
    """
    gives_own = speaker is not None and session.contributions.filter(speaker=speaker).exists()
    if not gives_own and not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    with recorded_step(
        edition=session.edition, kind=StepKind.MATERIALS, subject=session.title, by=by, at=at
    ) as watch:
        stored = (
            store_upload(upload=upload, rules=MATERIALS, policy=MATERIAL_POLICY, by=by, at=at)
            if upload is not None
            else None
        )
        material = Material.objects.create(
            session=session,
            speaker=speaker,
            title=details.title,
            file=stored,
            url=details.url,
            audience=details.audience,
            moment=details.moment,
            position=session.materials.count(),
            added_at=at,
        )
        watch.added(material)
    record_material(material=material, by=by, at=at)
    return material


@transaction.atomic
def remove_material(*, material: Material, by: Viewer, at: datetime) -> None:
    """Take a material off its session; its file is kept for undo and for versions already published.

    Raises PermissionDenied.
    """
    session = material.session
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    with recorded_step(
        edition=session.edition, kind=StepKind.MATERIALS, subject=session.title, by=by, at=at
    ) as watch:
        watch.row(material)
        material.delete()
