"""Who may read a stored file: each owner app registers a named policy and stores the name with the file."""

from collections.abc import Callable

from filiera.files.models import StoredFile
from filiera.shared.viewing import Onlooker

Policy = Callable[[Onlooker, StoredFile], bool]

_policies: dict[str, Policy] = {}


def register(name: str, policy: Policy) -> None:
    """Give a policy the stable name that files are stored with, e.g. "accounts.photo"."""
    if _policies.get(name, policy) is not policy:
        raise ValueError(f"Two policies are called {name!r}.")
    _policies[name] = policy


def is_registered(name: str) -> bool:
    return name in _policies


def can_read(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Whether the policy stored with the file lets the viewer read it; an unknown policy lets nobody."""
    policy = _policies.get(stored_file.policy)
    return policy is not None and policy(viewer, stored_file)


def can_read_own(viewer: Onlooker, stored_file: StoredFile) -> bool:
    return viewer.person_id is not None and viewer.person_id == stored_file.uploaded_by_id


UPLOADER_ONLY = "files.uploader_only"
register(UPLOADER_ONLY, can_read_own)
