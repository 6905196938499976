"""Who may read the files that accounts keeps; registered with the files room when the app starts."""

from filiera.accounts.models import DataExport, Person
from filiera.accounts.queries import circles_reaching
from filiera.files import policies
from filiera.files.models import StoredFile
from filiera.shared.viewing import Onlooker

PHOTO = "accounts.photo"
DATA_EXPORT = "accounts.data_export"


def can_see_photo(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """A photograph is as visible as its person decided."""
    person = Person.objects.visible_to(viewer).filter(photo=stored_file).first()
    return person is not None and person.visibility["photo"] in circles_reaching(person, viewer)


def can_fetch_export(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """An archive goes to the person it is about and to nobody else, administrators included."""
    return (
        viewer.person_id is not None
        and DataExport.objects.filter(archive=stored_file, person=viewer.person_id).exists()
    )


policies.register(PHOTO, can_see_photo)
policies.register(DATA_EXPORT, can_fetch_export)
