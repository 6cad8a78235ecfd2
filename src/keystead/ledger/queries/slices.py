"""Which files, and which parts of them, hold the rows of a dataset now or at an older commit."""

from __future__ import annotations

import dataclasses
import zlib
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from threading import Lock
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.ledger.models import Commit, Head, Slice
from keystead.ledger.models.folder import home
from keystead.ledger.types import (
    CacheRead,
    CommitKind,
    SegmentRead,
    SliceSet,
    dataset_def,
)


class Content(NamedTuple):
    """A commit that changed what is visible of a dataset; number 0 = nothing was ever posted."""

    commit: int
    mark: str


@dataclasses.dataclass(frozen=True)
class Versions:
    """What one read of the head tells: the last commit, and the state of every dataset.

    Pass it to ``slice_set`` and ``cache_for`` to save them this read.
    """

    commit: int
    floor: int
    datasets: Mapping[str, Mapping[str, Any]]

    def content(self, dataset: str) -> Content:
        """Return the last commit that changed what is visible of a dataset."""
        found = self.datasets.get(dataset, {})
        return Content(found.get("content", 0), found.get("mark", ""))

    def stamp(self, dataset: str) -> str:
        """Return the mark of the last change of the catalog of a dataset."""
        return self.datasets.get(dataset, {}).get("stamp", "")


def versions() -> Versions:
    """Return the state of the catalog in one query."""
    head = Head.objects.filter(pk=1).first()
    if head is None:
        return Versions(0, 0, {})
    return Versions(head.commit, head.floor, head.versions)


def current_commit() -> int:
    """Return the number of the last commit; 0 when nothing was ever posted."""
    return Head.objects.filter(pk=1).values_list("commit", flat=True).first() or 0


def commit_at(moment: datetime) -> int:
    """Return the last commit at or before a moment; 0 when there was none."""
    found = Commit.objects.filter(at__lte=moment).order_by("-id").values_list("id", flat=True)
    return found.first() or 0


def moment_of(commit: int) -> datetime | None:
    """Return when a commit was made; None for a commit that never was."""
    return Commit.objects.filter(pk=commit).values_list("at", flat=True).first()


class _Memory:
    """The slice sets this process read last; a stamp names one state of one database."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = Lock()
        self._sets: OrderedDict[tuple[str, str, int], SliceSet] = OrderedDict()

    def get(self, key: tuple[str, str, int]) -> SliceSet | None:
        with self._lock:
            found = self._sets.get(key)
            if found is not None:
                self._sets.move_to_end(key)
            return found

    def put(self, key: tuple[str, str, int], value: SliceSet) -> None:
        with self._lock:
            self._sets[key] = value
            while len(self._sets) > self.size:
                self._sets.popitem(last=False)


_memory = _Memory(64)


def slice_set(
    dataset: str, *, commit: int | None = None, known: Versions | None = None
) -> SliceSet:
    """Return what to read for the rows of a dataset as of a commit (default: now).

    Raises NotFound for an unknown dataset, Invalid for a commit past retention or not yet made.
    """
    dataset_def(dataset)
    known = known or versions()
    commit = known.commit if commit is None else commit
    content = _content_at(dataset, commit, known).commit
    key = (known.stamp(dataset), dataset, content)
    found = _memory.get(key)
    if found is None:
        found = _read(dataset, content)
        _memory.put(key, found)
    return dataclasses.replace(found, commit=commit)


def content_mark(dataset: str, commit: int, *, known: Versions | None = None) -> str:
    """Return a mark of the rows as of a commit: the same mark means the same rows."""
    content = _content_at(dataset, commit, known or versions())
    return f"{content.commit}-{content.mark}"


def cache_for(
    dataset: str, commit: int | None = None, *, known: Versions | None = None
) -> CacheRead | None:
    """Return the cache file that holds exactly the rows as of a commit, or None."""
    known = known or versions()
    content = _content_at(dataset, known.commit if commit is None else commit, known)
    path = cache_path(dataset, content)
    if not content.commit or not home().exists(path):
        return None
    return CacheRead(dataset, content.commit, str(home().locate(path)))


def cache_path(dataset: str, content: Content) -> str:
    """Return where the cache of a dataset at a commit that changed it lies.

    A column that came later is part of the name: a cache from before it is never opened.
    """
    later = dataset_def(dataset).later
    mark = f"{content.mark}{zlib.crc32(' '.join(later).encode()):08x}" if later else content.mark
    return f"cache/{dataset}-{content.commit}-{mark}.duckdb"


def live_at(commit: int) -> Q:
    """Return the filter of slices that were visible at a commit."""
    return Q(from_commit__lte=commit) & (Q(until_commit=None) | Q(until_commit__gt=commit))


def senders(dataset: str, *, commit: int) -> dict[int, str]:
    """Return the source of each batch that shows rows of a dataset at a commit."""
    rows = Slice.objects.filter(live_at(commit), dataset=dataset)
    return dict(rows.values_list("part__batch_id", "part__source").distinct())


def require_kept(commit: int, known: Versions | None = None) -> None:
    """Raise Invalid when retention removed the files of a commit."""
    floor = (known or versions()).floor
    if 0 < commit < floor:
        raise Invalid(
            _("The state of that moment is older than the retention and is gone."),
            code="past_retention",
            commit=commit,
            floor=floor,
        )


def _content_at(dataset: str, commit: int, known: Versions) -> Content:
    if commit > known.commit or commit < 0:
        raise Invalid(
            _("There is no state %(number)s yet; the last one is %(last)s.")
            % {"number": commit, "last": known.commit},
            code="unknown_commit",
            commit=commit,
        )
    require_kept(commit, known)
    if commit >= known.content(dataset).commit:
        return known.content(dataset)
    changing = Commit.objects.filter(dataset=dataset, pk__lte=commit).exclude(
        kind=CommitKind.COMPACT
    )
    found = changing.order_by("-pk").values_list("pk", "mark").first()
    return Content(*found) if found else Content(0, "")


def _read(dataset: str, commit: int) -> SliceSet:
    rows: QuerySet = Slice.objects.filter(live_at(commit), dataset=dataset)
    files: dict[int, tuple[str, int]] = {}
    pairs: dict[int, set[tuple[int, date]]] = defaultdict(set)
    counted: dict[int, int] = defaultdict(int)
    currencies: set[str] = set()
    for segment_id, path, whole, batch_id, month, count, found in rows.values_list(
        "part__segment_id",
        "part__segment__path",
        "part__segment__rows",
        "part__batch_id",
        "part__month",
        "part__rows",
        "part__currencies",
    ):
        files[segment_id] = (path, whole)
        pairs[segment_id].add((batch_id, month))
        counted[segment_id] += count
        currencies.update(found)
    folder = home()
    reads = tuple(
        SegmentRead(
            str(folder.locate(files[pk][0])),
            None if counted[pk] == files[pk][1] else tuple(sorted(pairs[pk])),
        )
        for pk in sorted(files)
    )
    return SliceSet(dataset, commit, reads, frozenset(currencies), sum(counted.values()))
