"""PyArrow's first array without pandas."""

from __future__ import annotations

import sys

import pyarrow as pa


class _Unseen:
    """A finder of modules that finds no pandas and leaves all else to the others."""

    def find_spec(self, fullname: str, _path: object, _target: object = None, /) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is left out", name=fullname)


def leave_pandas_out() -> None:
    """Let PyArrow decide now, once for this process, that it works without pandas.

    It looks for pandas at its first array and loads it where a library of the forecast has brought
    it along: half a second and 60 MB of every command and web process, and nobody here hands
    pandas to it. Whoever imports pandas later still gets it.
    """
    if "pandas" in sys.modules:
        return
    finder = _Unseen()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)
