"""Addresses of the comparison with peers."""

from django.urls import path

from filiera.indicators.views import peers

_PEERS = "o/<slug:slug>/indicators/peers/"

urlpatterns = [
    path(_PEERS, peers.peers, name="peers"),
    path(f"{_PEERS}consent/", peers.consent_create, name="peer_consent_create"),
    path(f"{_PEERS}consent/end/", peers.consent_end, name="peer_consent_end"),
]
