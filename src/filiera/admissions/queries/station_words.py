"""What a station says without asking the server, in the language of the page."""

from django.utils.translation import gettext as _


def station_words() -> dict[str, object]:
    return {
        "heads": {
            "in": _("Is checked in"),
            "again": _("Already in"),
            "kept": _("Kept until there is network"),
            "asking": _("One moment"),
            "undone": _("Taken back"),
            "refused": _("Cannot come in"),
        },
        "at": _("at {clock}"),
        "since": _("In since {clock}."),
        "since_where": _("In since {clock}, seen at {where}."),
        "in_since": _("in since {clock}"),
        "asking": _("This code is not on the list here; the server is asked."),
        "kept": _("This code is not on the list here. It is kept, and the server decides later."),
        "undone": _("This check-in counts no more."),
        "given_back": _("This place was given back or has expired. Send the person to the desk."),
        "revoked": _("This code was replaced by a new one. Ask for the new badge, or search by name."),
        "online": _("Connected. Everything is sent."),
        "sending": _("Connected. {count} waiting to be sent."),
        "offline": _("No network. {count} scans are kept here and sent later."),
        "offline_none": _("No network. What is scanned is kept here and sent later."),
        "offline_one": _("No network. One scan is kept here and sent later."),
        "camera_lost": _("The camera was lost. Start it again, type the code, or search by name."),
        "camera_refused": _(
            "The browser does not let this page use the camera. Allow it in the browser, type the code, or "
            "search by name."
        ),
        "camera_missing": _("No camera was found. Type the code, or search by name."),
    }
