"""What the page of all components shows: every component in every state, with plain made-up content."""

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.design.charts import CATEGORIES, COLOURS, Chart, render_chart
from filiera.design.maps import MapPoint, locator_map
from filiera.design.pictures import icon_names

LANGUAGES = [("en", "English"), ("it", "Italiano"), ("el", "Ελληνικά"), ("bg", "Български"), ("pl", "Polski")]


class SpecimenForm(forms.Form):
    """One field of each sort."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("As it will stand in the programme."),
        max_length=80,
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("workshop", gettext_lazy("Workshop")), ("plenary", gettext_lazy("Plenary"))],
    )
    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    capacity = forms.IntegerField(label=gettext_lazy("Number of places"), required=False, min_value=1)
    abstract = forms.CharField(
        label=gettext_lazy("Abstract"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How it is held"),
        choices=[("online", gettext_lazy("Online")), ("in_person", gettext_lazy("In person"))],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        required=False,
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    spoken = forms.MultipleChoiceField(
        label=gettext_lazy("Spoken in the session"),
        required=False,
        choices=LANGUAGES,
        widget=forms.SelectMultiple(
            attrs={"data-search": gettext_lazy("Find a language"), "data-remove": gettext_lazy("take out")}
        ),
    )
    slides = forms.FileField(label=gettext_lazy("Slides"), required=False)
    consent = forms.BooleanField(
        label=gettext_lazy("My name may be published"),
        help_text=gettext_lazy("You can take this back at any time."),
    )


def _bar_chart() -> Chart:
    members = {"2015": 168, "2016": 191, "2017": 214, "2018": 243, "2019": 275}
    rows = [{"year": year, "members": count} for year, count in members.items()]
    encoding = {
        "x": {"field": "year", "type": "ordinal", "title": None},
        "y": {"field": "members", "type": "quantitative", "title": None},
    }
    return render_chart(
        {
            "data": {"values": rows},
            "encoding": encoding,
            "layer": [
                {"mark": {"type": "bar", "width": {"band": 0.6}}},
                {"mark": {"type": "text", "dy": -9}, "encoding": {"text": {"field": "members"}}},
            ],
        },
        title=_("Members of a cluster at the end of each year"),
        columns=[_("Year"), _("Members")],
        rows=list(members.items()),
        source=_("Made up for this page"),
    )


def _end_label(words: str, shift: int) -> dict[str, object]:
    """The name of a line at its end, where a legend would send the eye away."""
    return {
        "transform": [
            {"filter": {"field": "month", "equal": "2024-04"}},
            {"filter": {"field": "who", "equal": words}},
        ],
        "mark": {"type": "text", "align": "right", "dy": shift},
        "encoding": {"text": {"field": "who"}},
    }


def _line_chart() -> Chart:
    quarters = ("2023-01", "2023-04", "2023-07", "2023-10", "2024-01", "2024-04")
    own, peers = (34, 38, 37, 45, 52, 61), (48, 49, 49, 50, 51, 52)
    values = [
        {"month": month, "share": share, "who": who}
        for who, shares in ((_("this cluster"), own), (_("peers’ median"), peers))
        for month, share in zip(quarters, shares, strict=True)
    ]
    colour = {
        "field": "who",
        "type": "nominal",
        "scale": {
            "range": [COLOURS["brand"], COLOURS["ink-faint"]],
            "domain": [_("this cluster"), _("peers’ median")],
        },
    }
    return render_chart(
        {
            "data": {"values": values},
            "encoding": {
                "x": {"field": "month", "type": "ordinal", "title": None},
                "y": {"field": "share", "type": "quantitative", "title": None, "scale": {"domain": [0, 70]}},
                "color": colour,
            },
            "layer": [
                {"mark": "line"},
                _end_label(_("this cluster"), -12),
                _end_label(_("peers’ median"), 16),
            ],
        },
        title=_("Members served, per cent"),
        columns=[_("Month"), _("this cluster"), _("peers’ median")],
        rows=list(zip(quarters, own, peers, strict=True)),
        source=_("Made up for this page"),
    )


def _maps() -> dict[str, SafeString]:
    return {
        "venue_map": locator_map(
            [MapPoint(7.6869, 45.0703, "Torino")], title=_("Torino on the map of Europe"), country="IT"
        ),
        "europe_map": locator_map(
            [
                MapPoint(7.6869, 45.0703, "Torino"),
                MapPoint(7.7521, 48.5734, "Strasbourg"),
                MapPoint(23.3219, 42.6977, "Sofia"),
            ],
            title=_("Cities of the academies"),
            span_km=3200,
        ),
    }


# Names are the same in every language; they stand here, so that templates hold translated words only.
NAMES = {
    "anna": "Anna Kowalska",
    "athina": "Athina Blue",
    "speaker": "Benoit Esmanne",
    "venue": "Environment Park, Torino",
    "galileo": "Galileo",
    "mazovia": "Mazovia ICT",
    "piotr": "Piotr Zieliński",
    "silesia": "Silesia Automotive",
    "first_slot": "Thu 21, 10:00, Galileo",
    "second_slot": "Thu 21, 11:45, Volta",
    "city": "Torino",
    "volta": "Volta",
    "georgios": "Γιώργος Παπαδόπουλος",
    "languages": "English, italiano",
    "alphabets": "Ευρωπαϊκές αλυσίδες αξίας · Европейски вериги на стойността · Łańcuchy wartości, "
    "vērtību ķēdes, værdikæder · Wertschöpfungskettenpartnerschaftsvereinbarung",
}


def specimen_context() -> dict[str, object]:
    """Everything that `design/index.html` shows."""
    return {
        "names": NAMES,
        "icons": sorted(icon_names()),
        "form": SpecimenForm(initial={"mode": "online", "languages": ["en", "el"]}),
        "broken_form": SpecimenForm(
            data={"broken-email": "anna.kowalska", "broken-kind": "lecture", "broken-capacity": "0"},
            prefix="broken",
        ),
        "tokens": [
            "paper",
            "surface",
            "sunk",
            "ink",
            "ink-soft",
            "ink-faint",
            "line",
            "line-strong",
            "brand",
        ],
        "meanings": ["thread", "ok", "warn", "bad"],
        "families": ["talk", "live", "work", "visit", "social", "break"],
        "categories": CATEGORIES,
        "kinds": [
            ("workshop", _("Workshop")),
            ("keynote", _("Keynote")),
            ("lesson", _("Lesson")),
            ("laboratory_visit", _("Laboratory visit")),
            ("social", _("Social")),
            ("break", _("Break")),
        ],
        "charts": [_bar_chart(), _line_chart()],
        **_maps(),
    }


def desk_context() -> dict[str, object]:
    """What the specimen of a desk shows: side places with a count, a form in the panel."""
    return {"names": NAMES, "form": SpecimenForm(initial={"mode": "online"}), "counts": {"desk": "14 / 22"}}
