"""Who may read the files of reports and forms; asked again at each reading."""

from filiera.accounts.models import Person
from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.indicators import policies
from filiera.indicators.actions.funder_forms import FORM_POLICY
from filiera.indicators.actions.report_mail import ISSUE_POLICY
from filiera.indicators.models import FunderForm, ReportIssue
from filiera.indicators.seen_from import seen_from
from filiera.organisations.models import Organisation
from filiera.shared.viewing import Onlooker


def can_read_issue(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Whoever sees the reports of the organisation; recipients have an address of their own."""
    issue = ReportIssue.objects.filter(file=stored_file).select_related("report__organisation").first()
    return issue is not None and sees_figures(viewer, issue.report.organisation)


def can_read_form(viewer: Onlooker, stored_file: StoredFile) -> bool:
    form = FunderForm.objects.filter(file=stored_file).select_related("organisation").first()
    return form is not None and sees_figures(viewer, form.organisation)


def sees_figures(viewer: Onlooker, organisation: Organisation) -> bool:
    """A file's address does not name the organisation, so the roles in it are asked for here."""
    if viewer.administering:
        return True
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if person is None:
        return False
    return policies.can_view_figures(seen_from(organisation, person), organisation)


def register_file_policies() -> None:
    files.register(ISSUE_POLICY, can_read_issue)
    files.register(FORM_POLICY, can_read_form)
