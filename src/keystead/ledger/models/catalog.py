"""The catalog: commits, segments (files), parts (rows of one batch and month in a file), slices.

A part says *where* rows lie; a slice says *when* they counted. Compaction moves parts to
another file and touches no slice, so what was visible at any commit stays exactly the same.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from keystead.ledger.types import CommitKind


class Head(models.Model):
    """The one row that every change of the catalog locks first; it holds the last commit.

    ``floor``: as-of reads below this commit are gone (retention removed their files).
    ``versions``: {dataset: {"content": last commit that changed what is visible, "mark": its
    mark, "stamp": the mark of the last commit, compaction included}}: one read tells a process
    whether what it remembers still holds.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    commit = models.PositiveBigIntegerField(default=0)
    floor = models.PositiveBigIntegerField(default=0)
    versions = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledger_one_head")]

    def __str__(self) -> str:
        return f"head at {self.commit}"


class Commit(models.Model):
    """One change of what is visible. Numbers have no gaps; order is by number, not by clock.

    ``mark``: random, so that a file built for this commit never answers for another one of the
    same number, after a restore of an older database.
    """

    id = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    mark = models.CharField(max_length=8)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in CommitKind])
    dataset = models.CharField(max_length=32)
    batch = models.ForeignKey("ledger.Batch", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["dataset", "id"], name="ledger_commit_dataset")]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.dataset}"


class Segment(models.Model):
    """One immutable Parquet file. ``path`` is relative to the home folder.

    ``superseded_at``: compaction moved all of its parts away; the file goes a day later.
    """

    dataset = models.CharField(max_length=32)
    path = models.CharField(max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dataset", "superseded_at"], name="ledger_segment_live")]

    def __str__(self) -> str:
        return self.path


class Part(models.Model):
    """The rows of one batch and one month inside one segment, with their control sums.

    ``sums``: {"quantity": "12.0000", "value": {"CNY": "34.5000"}}; ``segment`` is null once
    retention removed the file.
    """

    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey("ledger.Batch", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=32)
    source = models.CharField(max_length=120)
    month = models.DateField()
    rows = models.PositiveBigIntegerField()
    first_date = models.DateField()
    last_date = models.DateField()
    sums = models.JSONField(default=dict)
    currencies = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "batch", "month"], name="ledger_part_once_per_segment"
            )
        ]
        indexes = [models.Index(fields=["dataset", "source", "month"], name="ledger_part_cell")]

    def __str__(self) -> str:
        return f"batch {self.batch_id} {self.month:%Y-%m}"


class Slice(models.Model):
    """A part was visible from one commit until another (null = it is visible now).

    ``restates``: this slice replaced that one; set where a newer file of the same source and
    month took its place.
    """

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=32)
    from_commit = models.PositiveBigIntegerField()
    until_commit = models.PositiveBigIntegerField(null=True)
    restates = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_commit=None) | Q(until_commit__gt=F("from_commit")),
                name="ledger_slice_span",
            ),
            models.UniqueConstraint(
                fields=["part"], condition=Q(until_commit=None), name="ledger_part_live_once"
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "until_commit"], name="ledger_slice_live"),
            models.Index(fields=["dataset", "from_commit"], name="ledger_slice_from"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.from_commit}..{self.until_commit or ''}"
