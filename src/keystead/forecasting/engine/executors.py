"""Where chunks are worked on: this process, a local pool, or a cluster the user brings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, TypeVar

from keystead.kernel.errors import Invalid

Given = TypeVar("Given")
Made = TypeVar("Made")
SMALL: Final = 4000


class Executor(Protocol):
    """One seam: a function over chunks. Order in, order out."""

    def map(self, function: Callable[[Given], Made], chunks: Iterable[Given]) -> list[Made]:
        """Return the function's answer for each chunk, in the order given."""
        ...


class Inline:
    """Works in this process: the default for small panels and in web workers."""

    def map(self, function: Callable[[Given], Made], chunks: Iterable[Given]) -> list[Made]:
        """Return the answers, one after the other."""
        return [function(chunk) for chunk in chunks]


class LocalPool:
    """Works in processes of this machine; they are started fresh, so no lock is inherited."""

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or os.cpu_count() or 1

    def map(self, function: Callable[[Given], Made], chunks: Iterable[Given]) -> list[Made]:
        """Return the answers of the pool in the order of the chunks."""
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        work = list(chunks)
        if self.processes <= 1 or len(work) <= 1:
            return Inline().map(function, work)
        with ProcessPoolExecutor(self.processes, mp_context=get_context("spawn")) as pool:
            return list(pool.map(function, work))


class DaskExecutor:
    """Works on a Dask cluster; ``client`` is a ``distributed.Client`` the user made."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def map(self, function: Callable[[Given], Made], chunks: Iterable[Given]) -> list[Made]:
        """Return the answers of the cluster in the order of the chunks."""
        return list(self.client.gather(self.client.map(function, list(chunks), pure=False)))


class RayExecutor:
    """Works on Ray; call ``ray.init(address=...)`` first. Thin on purpose, not in our tests."""

    def map(self, function: Callable[[Given], Made], chunks: Iterable[Given]) -> list[Made]:
        """Return the answers of the cluster in the order of the chunks."""
        try:
            import ray
        except ImportError as missing:
            raise Invalid("Ray is not installed.", code="ray_missing") from missing
        remote = ray.remote(function)
        return list(ray.get([remote.remote(chunk) for chunk in chunks]))


class SparkExecutor:
    """Works on Spark; ``session`` is a ``SparkSession``. Thin on purpose, not in our tests."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def map(self, function: Callable[[Given], Made], chunks: Iterable[Given]) -> list[Made]:
        """Return the answers of the cluster in the order of the chunks."""
        work = list(chunks)
        spread = self.session.sparkContext.parallelize(list(enumerate(work)), max(len(work), 1))
        answers = spread.map(lambda pair: (pair[0], function(pair[1]))).collect()
        return [answer for _place, answer in sorted(answers, key=lambda pair: pair[0])]


def default_executor(series: int, processes: int | None) -> Executor:
    """Return a pool where the work is worth starting one."""
    if series < SMALL or processes == 1:
        return Inline()
    return LocalPool(processes)
