"""What the API says, field by field; a model gains a field without the API gaining it unseen."""

from datetime import date, datetime

from ninja import Field, Schema

Texts = dict[str, str]


class Problem(Schema):
    """Why a request was refused: a stable code and a sentence."""

    code: str
    message: str


class Page(Schema):
    """`next` is the value of `after` for the page that follows; null on the last page."""

    next: str | None = None


class Source(Schema):
    url: str
    note: str = ""


class PartOut(Schema):
    slug: str
    title: Texts
    mode: str = Field(description="online, in_person or hybrid")
    starts_on: date
    ends_on: date
    zone: str = Field(description="IANA time zone of the part's clocks")


class EditionOut(Schema):
    slug: str
    series: str
    number: int
    name: Texts
    headline: Texts
    summary: Texts
    organiser: str = Field(description="slug of the organisation")
    host: str | None = Field(description="slug of the organisation")
    zone: str
    version: int | None = Field(description="number of the published programme, null before the first")
    published_at: datetime | None
    is_demonstration: bool
    parts: list[PartOut]


class EditionPage(Page):
    items: list[EditionOut]


class PeopleOut(Schema):
    """Each is a different number; none is told by another."""

    selected: int = Field(description="were given a place, whatever came of it")
    offered: int = Field(description="have an offer that waits for its answer")
    confirmed: int = Field(description="have taken their place")
    registered: int = Field(description="of those, have given all details")
    attended: int = Field(description="of those, were seen at least once")


class SessionPart(Schema):
    slug: str
    title: Texts
    mode: str


class SessionRoom(Schema):
    slug: str
    name: Texts
    capacity: int | None


class SessionVenue(Schema):
    slug: str
    name: str
    address: str
    city: str
    country: str


class SessionSpeaker(Schema):
    slug: str
    name: str
    role: str
    organisation: str
    organisation_slug: str
    country: str


class SessionOut(Schema):
    """One published session; times are UTC, `day` is the date on the clocks of `zone`."""

    id: int
    slug: str
    title: Texts
    abstract: Texts
    kind: str
    part: SessionPart
    day: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str
    room: SessionRoom | None
    venue: SessionVenue | None
    speakers: list[SessionSpeaker]
    languages: list[str]
    objectives: list[int]
    capacity: int | None
    is_cancelled: bool
    online: bool
    sources: list[Source]
    demonstration: list[str] = Field(description="fields whose value was made up for the demonstration")
    updated_at: datetime


class SessionPage(Page):
    items: list[SessionOut]


class SpeakerOut(Schema):
    slug: str
    name: str
    position: Texts
    organisation: str
    organisation_slug: str
    country: str
    biography: Texts
    sessions: list[str] = Field(description="slugs of the sessions")
    sources: list[Source]
    is_demonstration: bool


class SpeakerPage(Page):
    items: list[SpeakerOut]


class OrganisationOut(Schema):
    slug: str
    kind: str
    name: str
    names: Texts
    description: Texts
    country: str | None
    region: str | None = Field(description="NUTS code")
    city: str
    website: str
    ecosystems: list[str]
    s3_priorities: list[str] = Field(description="codes of the smart specialisation priorities")
    source_url: str
    is_demonstration: bool


class OrganisationPage(Page):
    items: list[OrganisationOut]


class SetItemOut(Schema):
    """One indicator of a set; the figures shown here follow the definition that holds today."""

    code: str
    definition_version: int = Field(description="the version of the definition that the set means")
    name: Texts
    note: Texts


class SetVersionOut(Schema):
    """A set as it was published; it never changes."""

    number: int
    name: Texts
    purpose: Texts
    published_at: datetime
    items: list[SetItemOut] = Field(description="in the order of the set")


class SetOut(Schema):
    """A shared set of indicators by its last version."""

    id: int
    organisation: str = Field(description="slug of the organisation that makes it")
    name: Texts
    purpose: Texts
    version: int = Field(description="number of the last version")
    published_at: datetime = Field(description="of the last version")
    is_demonstration: bool


class SetDetail(SetOut):
    versions: list[SetVersionOut] = Field(description="the last one first")


class SetPage(Page):
    items: list[SetOut]
