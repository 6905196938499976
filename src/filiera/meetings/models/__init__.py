"""Meetings of two, places of laboratory visits, seats at dinner; a module for each resource."""

from .dinner import (
    Dinner,
    DinnerGuest,
    DinnerPair,
    DinnerTable,
    DinnerWish,
    GuestRole,
    PairKind,
    SeatingRun,
    SeatingStatus,
)
from .visits import (
    DocumentKind,
    HostManifest,
    IdentityNeed,
    PlaceWay,
    Visit,
    VisitorDocument,
    VisitPlace,
    VisitRound,
    VisitSlot,
    VisitWish,
    VisitWishList,
)

__all__ = [
    "Dinner",
    "DinnerGuest",
    "DinnerPair",
    "DinnerTable",
    "DinnerWish",
    "DocumentKind",
    "GuestRole",
    "HostManifest",
    "IdentityNeed",
    "PairKind",
    "PlaceWay",
    "SeatingRun",
    "SeatingStatus",
    "Visit",
    "VisitPlace",
    "VisitRound",
    "VisitSlot",
    "VisitWish",
    "VisitWishList",
    "VisitorDocument",
]
