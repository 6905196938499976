"""What an edition awards, and the certificates that were issued."""

from .awards import Award
from .certificates import Certificate

__all__ = ["Award", "Certificate"]
