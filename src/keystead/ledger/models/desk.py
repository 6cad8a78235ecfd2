"""What the import desk keeps: its work on a batch, and what people taught it about a source."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from keystead.kit.models import Editable


class DeskWork(models.Model):
    """The work on one batch. All of ``outcome`` can be made again from the file and ``decisions``.

    ``incoming``: where the upload waits to be read, below the home folder; "" once it is read or
    refused. ``stamp``: which inputs the outcome was made from; another stamp = out of date.
    """

    batch = models.OneToOneField(
        "ledger.Batch", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    incoming = models.CharField(max_length=200, blank=True)
    upload_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    decisions = models.JSONField(default=dict)
    guesses = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    outcome = models.JSONField(default=dict)
    stamp = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"work on batch {self.batch_id}"


class Alias(Editable):
    """A person said what a code or name of a source means; ``text`` as ``alias_text`` gives it."""

    ACCOUNT, PRODUCT = "account", "product"

    source = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[(ACCOUNT, ACCOUNT), (PRODUCT, PRODUCT)])
    text = models.CharField(max_length=400)
    shown = models.CharField(max_length=400)
    target_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "text"], name="ledger_alias_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.shown}"


class SourceMap(models.Model):
    """The columns that a source used last time it was posted, to be proposed next time.

    Nobody edits it: the trail row of the post tells who taught it.
    """

    dataset = models.CharField(max_length=32)
    source = models.CharField(max_length=120)
    headers = models.CharField(max_length=64, db_index=True)
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "source"], name="ledger_source_map_once")
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.source}"


class CellFix(models.Model):
    """One cell that a person corrected; the file itself is never changed."""

    batch = models.ForeignKey("ledger.Batch", on_delete=models.CASCADE, related_name="+")
    sheet = models.CharField(max_length=255, blank=True)
    source_row = models.PositiveBigIntegerField()
    column = models.CharField(max_length=255)
    was = models.TextField(blank=True)
    value = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sheet", "source_row", "column"], name="ledger_cell_fixed_once"
            )
        ]

    def __str__(self) -> str:
        return f"batch {self.batch_id} row {self.source_row} {self.column}"
