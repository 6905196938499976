"""Compiling kernels with numba: typed, cached on disk, free of the interpreter lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar, cast

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])


def has_compiler() -> bool:
    """Say whether kernels can be compiled; FILIERA_SOLVERS_PURE=1 asks for the numpy ways instead."""
    if os.environ.get("FILIERA_SOLVERS_PURE") == "1":
        return False
    try:
        import numba  # noqa: F401 - slow to load, and allowed to be missing
    except ImportError:
        return False
    return True


def compiled(function: FunctionT) -> FunctionT:
    """Compile a kernel on its first call and keep the machine code beside the source.

    Without a compiler the kernel runs as it stands: right, but slow.
    """
    if not has_compiler():
        return function
    import numba  # slow to load: only those who compile pay for it

    decorate = numba.njit(cache=True, nogil=True, fastmath=True, boundscheck=False)
    return cast("FunctionT", decorate(function))
