"""Input of the organisations' pages to clean values."""

from .directory import DirectoryForm
from .fields import KnownDate, KnownDateField
from .history import CloseForm, SuccessionForm
from .memberships import EndForm, MemberForm, UploadForm
from .profile import CreateForm, NewMemberForm, ProfileForm
from .team import InviteForm, PositionForm

__all__ = [
    "CloseForm",
    "CreateForm",
    "DirectoryForm",
    "EndForm",
    "InviteForm",
    "KnownDate",
    "KnownDateField",
    "MemberForm",
    "NewMemberForm",
    "PositionForm",
    "ProfileForm",
    "SuccessionForm",
    "UploadForm",
]
