"""What the ledger tells about a person, and that a key without its person tells nothing."""

import pytest

from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM
from filiera.ledger.models import Fact
from filiera.ledger.receivers import facts_about
from tests.accounts.factories import NOW, PersonFactory
from tests.ledger.factories import recorded_fact

pytestmark = pytest.mark.django_db


def test_archive_tells_the_facts_about_a_person_and_erasure_leaves_them_without_one():
    person = PersonFactory()
    fact = recorded_fact(person=person)
    recorded_fact(person=PersonFactory())

    told = [about["kind"] for about in facts_about(person)]
    erase_person(person=person, by=SYSTEM, at=NOW)

    assert told == [fact.kind]
    assert facts_about(person) == []
    assert Fact.objects.count() == 2
