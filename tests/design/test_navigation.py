"""Apps offer places; the pages show those that the one who looks may enter."""

from dataclasses import dataclass, field

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from filiera.design import navigation
from filiera.design.navigation import Place


@dataclass
class Looker:
    permissions: set[str] = field(default_factory=set)

    def may(self, permission: str) -> bool:
        return permission in self.permissions


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setitem(navigation._registered, "test-desk", {})
    navigation.register(
        "test-desk",
        Place("closed", "Rooms", "design:theme", order=5, permission="rooms.edit"),
        Place("second", "Team", "design:index", order=20, group="People"),
        Place("first", "<b>Today</b>", "design:theme", order=10),
        Place("never", "Hidden", "design:index", shown=lambda request: False),
    )


def look(path: str, *permissions: str):
    request = RequestFactory().get(path)
    request.viewer = Looker(set(permissions))
    return request


@pytest.mark.parametrize(
    ("permissions", "keys"), [((), ["first", "second"]), (("rooms.edit",), ["closed", "first", "second"])]
)
def test_places_are_ordered_and_need_their_permission(desk, permissions, keys):
    found = navigation.places("test-desk", look("/", *permissions))

    assert [place.key for place in found] == keys


def test_without_a_request_only_public_places_are_shown(desk):
    assert [place.key for place in navigation.places("test-desk", None)] == ["first", "second"]


def test_side_places_mark_the_deepest_place_and_show_counts(desk):
    template = Template('{% load design %}{% side_places "test-desk" title="Torino" %}')

    html = template.render(Context({"request": look("/design/theme/x/"), "counts": {"second": 3}}))

    assert html == (
        "<h2>Torino</h2>"
        '<a href="/design/theme/" aria-current="page"><span>&lt;b&gt;Today&lt;/b&gt;</span></a>'
        "<h2>People</h2>"
        '<a href="/design/"><span>Team</span><span class="count">3</span></a>'
    )
