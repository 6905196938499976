"""Who may read a table of past figures; asked again at each reading."""

from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.indicators.actions.history import HISTORY_POLICY
from filiera.indicators.models import HistoryUpload
from filiera.indicators.report_files import sees_figures
from filiera.shared.viewing import Onlooker


def can_read_history(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Those of its organisation who see its figures."""
    history = HistoryUpload.objects.filter(file=stored_file).select_related("organisation").first()
    return history is not None and sees_figures(viewer, history.organisation)


def register_file_policies() -> None:
    files.register(HISTORY_POLICY, can_read_history)
