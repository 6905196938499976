"""Input of calls, applications, places and presence to clean values."""
