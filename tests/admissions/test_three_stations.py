"""Three hundred people at three stations, two of them without network for part of the time, through HTTP."""

import http.client
import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from filiera.admissions.models import Presence, RepeatedScan
from filiera.admissions.queries.stations import token_of
from tests.academy.factories import EditionFactory, PartFactory
from tests.admissions.factories import ParticipationFactory, StationFactory
from tests.admissions.test_session_places_race import pages

PEOPLE = 300
SEED = 20230921
PATIENCE_S = 60.0

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass
class Phone:
    """What a station's page does, without its screen: notes, keeps, and sends as often as it must."""

    port: int
    token: str
    skew: timedelta
    offline: bool
    chance: random.Random
    noted: list[dict[str, object]] = field(default_factory=list)
    seen: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    def scan(self, person: int, code: str, at: datetime) -> None:
        scan_id = uuid4()
        self.seen[scan_id] = (person, at)
        told = {"id": str(scan_id), "at": _ms(at + self.skew), "offset": -_span(self.skew)}
        # A code that was read, or a name that was ticked in the list.
        told |= {"code": f"FILIERA:{code}"} if self.chance.random() < 0.8 else {"person": person}
        self.noted.append(told)

    def work(self, together: Barrier) -> None:
        together.wait()
        waiting: list[dict[str, object]] = []
        without_network = range(len(self.noted) // 4, 3 * len(self.noted) // 4) if self.offline else range(0)
        for number, scan in enumerate(self.noted):
            waiting.append(scan)
            if number not in without_network:
                self.send(waiting)
                waiting = []
        # What was kept without network arrives in another order, and in parts that overlap.
        self.chance.shuffle(waiting)
        for start in range(0, len(waiting), 20):
            self.send(waiting[max(0, start - 5) : start + 20])
        self.send(self.chance.sample(self.noted, 20))

    def send(self, batch: list[dict[str, object]]) -> None:
        """Once, and at times again, as after an answer that was lost on its way."""
        for _ in range(2 if self.chance.random() < 0.3 else 1):
            body = json.dumps({"now": _ms(timezone.now() + self.skew), "scans": batch})
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            connection.request(
                "POST", f"/station/{self.token}/scans/", body, {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            told = json.loads(answer.read())
            connection.close()
            assert answer.status == 200, told
            self.answers.update(said["outcome"] for said in told["answers"])


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _span(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def test_after_synchronisation_every_person_is_in_once_and_no_scan_is_lost(settings):
    chance = random.Random(SEED)
    now = timezone.now()
    edition = EditionFactory(public=True)
    day = PartFactory(edition=edition, starts_on=now.date(), ends_on=now.date()).days.get()
    people = ParticipationFactory.create_batch(PEOPLE, edition=edition)
    stations = [
        StationFactory(
            edition=edition,
            day=day,
            made_at=now - timedelta(hours=3),
            expires_at=now + timedelta(hours=3),
        )
        for _ in range(3)
    ]
    skews = (timedelta(), timedelta(hours=1), timedelta(minutes=-25))

    with pages(settings) as port:
        phones = [
            Phone(port, token_of(station), skew, number > 0, random.Random(SEED + number))
            for number, (station, skew) in enumerate(zip(stations, skews, strict=True))
        ]
        opened = now - timedelta(hours=2)
        for number, place in enumerate(people):
            at = opened + timedelta(seconds=10 * number)
            # Most pass one door, some go in by another half an hour later, a few are scanned twice at one.
            for phone in chance.sample(phones, chance.choice((1, 1, 1, 2))):
                phone.scan(place.pk, place.entry_code, at)
                at += timedelta(minutes=chance.choice((0, 2, 30)))
                if chance.random() < 0.05:
                    phone.scan(place.pk, place.entry_code, at)
        together = Barrier(len(phones))
        started = time.monotonic()
        with ThreadPoolExecutor(len(phones)) as pool:
            for work in [pool.submit(phone.work, together) for phone in phones]:
                work.result()
        seconds = time.monotonic() - started

    made = {scan_id: seen for phone in phones for scan_id, seen in phone.seen.items()}
    first = {person: min(at for key, at in made.values() if key == person) for person, _ in made.values()}
    standing = Presence.objects.standing().filter(day=day)
    known = {*standing.values_list("scan_id", flat=True)}
    repeated = {*RepeatedScan.objects.values_list("scan_id", flat=True)}
    print(f"{len(made)} scans of {PEOPLE} people, sent {sum(map(_sent, phones))} times, {seconds:.1f} s")
    assert Counter(standing.values_list("participation", flat=True)) == dict.fromkeys(first, 1)
    assert len(first) == PEOPLE
    assert known | repeated == set(made)
    assert not known & repeated
    # Whichever arrived first, when they came is the earliest time at which a station saw them.
    came = dict(standing.values_list("participation", "checked_in_at"))
    late = {person for person, at in first.items() if abs(came[person] - at) > timedelta(seconds=2)}
    assert late == set()
    assert sum((phone.answers for phone in phones), Counter()).keys() == {"in", "again"}


def _sent(phone: Phone) -> int:
    return sum(phone.answers.values())
