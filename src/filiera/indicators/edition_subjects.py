"""Which edition a record belongs to: for each type of record the way from it to its edition."""

WAY_TO_EDITION = {
    "academy.edition": "pk",
    "academy.material": "session__edition",
    "academy.session": "edition",
    "admissions.application": "call__edition",
    "admissions.competenceitem": "edition",
    "admissions.participation": "edition",
    "admissions.presence": "participation__edition",
    "credentials.certificate": "edition",
    "live.audiencequestion": "channel__edition",
    "meetings.dinnerguest": "dinner__edition",
    "meetings.meeting": "round__edition",
    "meetings.visitplace": "round__edition",
    "questionnaires.question": "questionnaire__surveys__edition",
    "questionnaires.response": "questionnaire__surveys__edition",
    "workshops.actionplan": "edition",
    "workshops.challenge": "edition",
    "workshops.groupround": "series__edition",
    "workshops.measure": "plan__edition",
    "workshops.methodrun": "edition",
}
