"""The topic on which the screen of the hall, and the phones before it, hear which plan is presented."""


def stage_topic(edition_id: int) -> str:
    return f"plans:{edition_id}"
