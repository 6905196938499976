"""What start pages say, each for another who asks."""

from .needs import Need
from .networks import Network, network_of
from .person import person_home
from .visitor import visitor_home

__all__ = ["Need", "Network", "network_of", "person_home", "visitor_home"]
