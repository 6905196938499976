"""Who may read the files of an edition; asked again at each reading."""

from django.utils import timezone

from filiera.academy.actions.materials import MATERIAL_POLICY
from filiera.academy.actions.speakers import PHOTO_POLICY
from filiera.academy.models import (
    EditionMember,
    Material,
    MaterialAudience,
    MaterialMoment,
    Speaker,
)
from filiera.academy.permissions import VIEW_DRAFT, permissions_of
from filiera.academy.permissions import VIEW_PARTICIPANT_MATERIALS as FOR_PARTICIPANTS
from filiera.academy.permissions import VIEW_TEAM_MATERIALS as FOR_TEAM
from filiera.files import policies
from filiera.files.models import StoredFile
from filiera.shared.viewing import Onlooker


def can_read_material(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """By audience and moment of the material; the team also sees what is not published yet."""
    material = Material.objects.filter(file=stored_file).select_related("session__edition").first()
    if material is None:
        return viewer.administering
    session = material.session
    held = _permissions(viewer, session.edition_id)
    if viewer.administering or VIEW_DRAFT in held or FOR_TEAM in held:
        return True
    is_published = session.published.filter(version=session.edition.current_version_id or 0).exists()
    if not is_published or not _moment_has_come(material):
        return False
    allowed = {
        MaterialAudience.PUBLIC: True,
        MaterialAudience.PARTICIPANTS: FOR_PARTICIPANTS in held,
        MaterialAudience.TEAM: False,
    }
    return allowed[MaterialAudience(material.audience)]


def can_see_speaker_photo(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Everybody once the speaker consented; before that the team and the speaker."""
    speaker = Speaker.objects.filter(photo=stored_file).first()
    if speaker is None:
        return viewer.administering
    is_own = viewer.person_id is not None and viewer.person_id == speaker.person_id
    if viewer.administering or speaker.consented_at is not None or is_own:
        return True
    return VIEW_DRAFT in _permissions(viewer, speaker.edition_id)


def _permissions(viewer: Onlooker, edition_id: int) -> frozenset[str]:
    # A file's address names no edition, so the roles of the viewer are asked for here.
    if viewer.person_id is None:
        return frozenset()
    roles = EditionMember.objects.current().filter(edition_id=edition_id, person_id=viewer.person_id)
    return permissions_of(frozenset(roles.values_list("role", flat=True)))


def _moment_has_come(material: Material) -> bool:
    if material.moment == MaterialMoment.BEFORE:
        return True
    during = material.session.during
    return during is not None and bool(during.upper <= timezone.now())


def register_file_policies() -> None:
    policies.register(MATERIAL_POLICY, can_read_material)
    policies.register(PHOTO_POLICY, can_see_speaker_photo)
