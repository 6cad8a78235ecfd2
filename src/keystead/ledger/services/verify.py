"""Checks that the ledger is what it says: every file, every count, every sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from keystead.kit.access import Actor
from keystead.kit.files import duck
from keystead.ledger.calc.restate import Claim, visible_parts
from keystead.ledger.models import Batch, BatchMonth, Commit, Head, Part, RawFile, Segment, Slice
from keystead.ledger.models.folder import fingerprint, home, raw_path
from keystead.ledger.services.store import summed
from keystead.ledger.types import BatchState, Finding, Mode, VerifyReport, dataset_def

Progress = Callable[[int, int, str], None]


def verify(*, actor: Actor, progress: Progress | None = None) -> VerifyReport:
    """Return what is wrong in the ledger, if anything; nothing is written.

    Needs ``ledger.view``. Reads every segment and raw file that the catalog knows: hash, row
    counts and exact sums per batch and month; the gap-free chain of commits; that the live
    slices are exactly what the posted batches claim; and that no row of a file vanished.
    """
    actor.require("ledger.view")
    findings = [*_commits(), *_counts(), *_posted_rows(), *_visible()]
    segments = list(Segment.objects.order_by("pk"))
    raws = list(RawFile.objects.order_by("pk"))
    total = len(segments) + len(raws)
    for done, segment in enumerate(segments):
        findings += _segment(segment)
        if progress:
            progress(done + 1, total, "reading segments")
    for done, raw in enumerate(raws):
        findings += _raw(raw)
        if progress:
            progress(len(segments) + done + 1, total, "reading raw files")
    live = Slice.objects.filter(until_commit=None)
    return VerifyReport(
        commits=Commit.objects.count(),
        batches=Batch.objects.count(),
        segments=len(segments),
        slices=live.count(),
        rows=sum(live.values_list("part__rows", flat=True)),
        bytes=sum(segment.bytes for segment in segments),
        sums=_live_sums(live),
        findings=tuple(findings),
    )


def _commits() -> Iterator[Finding]:
    seen = Commit.objects.aggregate(low=Min("pk"), high=Max("pk"), count=Count("pk"))
    head = Head.objects.filter(pk=1).first()
    last = head.commit if head else 0
    if (seen["high"] or 0) != last or seen["count"] != last or (last and seen["low"] != 1):
        yield Finding("commits", "head", f"1..{last}", f"{seen['count']} up to {seen['high']}")


def _counts() -> Iterator[Finding]:
    """No row vanishes: rows in = posted + waiting + rejected + skipped."""
    parts = F("rows_posted") + F("rows_waiting") + F("rows_rejected") + F("rows_skipped")
    settled = Batch.objects.filter(state__in=[BatchState.POSTED, BatchState.UNDONE])
    for batch in settled.exclude(rows_in=parts):
        found = batch.rows_posted + batch.rows_waiting + batch.rows_rejected + batch.rows_skipped
        yield Finding("counts", f"batch {batch.pk}", str(batch.rows_in), str(found))


def _posted_rows() -> Iterator[Finding]:
    """The rows a batch posted are in its parts, and an unposted batch has none."""
    stored: dict[int, int] = defaultdict(int)
    for batch_id, rows in Part.objects.values_list("batch_id", "rows"):
        stored[batch_id] += rows
    for pk, state, posted in Batch.objects.values_list("pk", "state", "rows_posted"):
        settled = state in (BatchState.POSTED, BatchState.UNDONE)
        expected = posted if settled else 0
        if stored.get(pk, 0) != expected:
            yield Finding("posted rows", f"batch {pk}", str(expected), str(stored.get(pk, 0)))


def _visible() -> Iterator[Finding]:
    """The live slices are exactly what the posted batches claim together."""
    cells: dict[tuple[str, str, Any], dict[int, Claim]] = defaultdict(dict)
    posted = Q(batch__state=BatchState.POSTED)
    for dataset, source, month, batch_id, order in BatchMonth.objects.filter(
        posted, batch__mode=Mode.REPLACE
    ).values_list("batch__dataset", "batch__source", "month", "batch_id", "batch__posted_commit"):
        cells[dataset, source, month][batch_id] = Claim(order, True)
    for pk, dataset, source, month, batch_id, order in Part.objects.filter(posted).values_list(
        "pk", "dataset", "source", "month", "batch_id", "batch__posted_commit"
    ):
        claims = cells[dataset, source, month]
        known = claims.get(batch_id, Claim(order, False))
        claims[batch_id] = Claim(order, known.replaces, (*known.parts, pk))
    expected = frozenset().union(*(visible_parts(one.values()) for one in cells.values()))
    found = frozenset(Slice.objects.filter(until_commit=None).values_list("part_id", flat=True))
    for part in sorted(expected ^ found):
        wanted = "visible" if part in expected else "not visible"
        yield Finding("visible", f"part {part}", wanted, "the opposite")


def _segment(segment: Segment) -> Iterator[Finding]:
    subject = segment.path
    parts = list(Part.objects.filter(segment=segment))
    path = home().locate(segment.path)
    if not path.is_file():
        if parts:
            yield Finding("file", subject, "present", "missing")
        return
    sha256 = fingerprint(path)
    if sha256 != segment.sha256:
        yield Finding("hash", subject, segment.sha256, sha256)
        return
    definition = dataset_def(segment.dataset)
    with duck.session() as session:
        inside = {(one.batch_id, one.month): one for one in summed(definition, path, session)}
    rows = sum(one.rows for one in inside.values())
    if rows != segment.rows:
        yield Finding("rows", subject, str(segment.rows), str(rows))
    for part in parts:
        held = inside.get((part.batch_id, part.month))
        said = (part.rows, part.sums)
        there = (held.rows, held.sums) if held else (0, {})
        if said != there:
            name = f"{subject}, batch {part.batch_id}, {part.month:%Y-%m}"
            yield Finding("sums", name, str(said), str(there))


def _raw(raw: RawFile) -> Iterator[Finding]:
    path = home().locate(raw_path(raw.sha256))
    if not path.is_file():
        yield Finding("raw file", raw.sha256, "present", "missing")
        return
    found = fingerprint(path)
    if found != raw.sha256:
        yield Finding("raw file", raw.sha256, raw.sha256, found)


def _live_sums(live: QuerySet[Slice]) -> dict[str, Decimal]:
    """Return "dataset.measure.currency" -> exact sum of what is visible now."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for dataset, by_currency in live.values_list("dataset", "part__sums"):
        for currency, measures in by_currency.items():
            for name, value in measures.items():
                key = ".".join(part for part in (dataset, name, currency) if part)
                sums[key] += Decimal(value)
    return dict(sorted(sums.items()))
