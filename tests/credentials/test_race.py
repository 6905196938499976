"""Two people press the button at once: each certificate is issued once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from filiera.credentials import actions
from filiera.credentials.models import Certificate
from filiera.ledger.models import Fact
from tests.academy.factories import EditionMemberFactory
from tests.academy.viewers import viewer_in
from tests.admissions.factories import ParticipationFactory
from tests.credentials.factories import ISSUED_AT, AwardFactory, attended, held_session


@pytest.mark.django_db(transaction=True)
def test_issuing_to_all_at_once_certifies_each_person_once():
    member = EditionMemberFactory(director=True)
    award = AwardFactory(edition=member.edition, least_hours=Decimal(1))
    session = held_session(member.edition, minutes=60)
    for person in ParticipationFactory.create_batch(6, edition=member.edition):
        attended(person, session)
    director, start = viewer_in(member), threading.Barrier(4)

    def press() -> int:
        start.wait(timeout=20)
        try:
            return len(actions.issue_to_all_qualified(award=award, by=director, at=ISSUED_AT))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        issued = [press.result() for press in [pool.submit(press) for _ in range(4)]]

    assert sorted(issued) == [0, 0, 0, 6]
    assert (Certificate.objects.count(), Fact.objects.filter(kind="certificate.issued").count()) == (6, 6)
