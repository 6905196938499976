"""The methods that come with the platform: data of the same blocks that a facilitator has."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from filiera.workshops.method_blocks import Content, content_from

# As they stand in a library: those that are asked for most come first.
ORDER = (
    "how-might-we", "brainwriting-6-3-5", "five-whys", "impact-effort", "dot-voting", "canvas",
    "business-model-canvas", "swot", "pestel", "scamper", "six-hats", "stakeholder-map", "pre-mortem",
    "lean-coffee", "world-cafe",
)  # fmt: skip


@cache
def packaged_methods() -> Mapping[str, Content]:
    """Every packaged method by its code, in the library's order."""
    return {code: content_from(_read(code)) for code in ORDER}


def _read(code: str) -> Mapping[str, Any]:
    folder = files("filiera.workshops") / "packaged_methods"
    return tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
