"""Storage: cases, offers, concessions, objections; splits of a fee, signings; the value story.

Issues, sides and drafts of a case are JSON documents written as one value, under its version; so
are the members and rules of a split. Triggers refuse every change of what was sent, conceded,
agreed as a share, or signed.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from keystead.kit.models import Editable, Tracked
from keystead.negotiation.types.plans import PlanState
from keystead.negotiation.types.room import CaseState, Who
from keystead.negotiation.types.value import Basis


class NegotiationRow(Editable):
    """A case. All but name, parties, currency, state and the names of issues is ours alone."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    mandate = models.CharField(max_length=2000, blank=True)
    parties = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=10, choices=[(one, one) for one in CaseState], default=CaseState.PLANNED
    )
    issues = models.JSONField(default=list)
    ours = models.JSONField(default=dict)
    theirs = models.JSONField(default=dict)
    drafts = models.JSONField(default=list)

    class Meta:
        db_table = "negotiation_case"
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["account"], name="negotiation_of_account")]

    def __str__(self) -> str:
        return self.name


class Written(models.Model):
    """Who wrote a row, and when. Nobody writes it again."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class SentOfferRow(Written):
    """An offer as it was sent or received. Frozen."""

    case = models.ForeignKey(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=4, choices=[(one, one) for one in Who])
    name = models.CharField(max_length=120)
    package = models.JSONField()
    terms = models.JSONField(default=dict)
    worth = models.JSONField(null=True)
    sent_on = models.DateField()
    valid_until = models.DateField(null=True)
    content_hash = models.CharField(max_length=64)
    request = models.PositiveBigIntegerField(null=True)

    class Meta:
        db_table = "negotiation_offer"
        ordering = ["case_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="negotiation_offer_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class ConcessionRow(Written):
    """One step of one side, with its price as it was then. Frozen."""

    case = models.ForeignKey(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    side = models.CharField(max_length=4, choices=[(one, one) for one in Who])
    issue = models.CharField(max_length=120)
    before = models.CharField(max_length=120)
    after = models.CharField(max_length=120)
    our_money = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    their_money = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    got = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "negotiation_concession"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.issue}"


class ObjectionRow(Editable):
    """What they say against it, and our answer with its proof."""

    case = models.ForeignKey(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=400)
    answer = models.CharField(max_length=2000, blank=True)
    proof = models.CharField(max_length=400, blank=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "negotiation_objection"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class FeePlanRow(Editable):
    """A split of a consortium's fee: a draft is ours alone, once agreed it stays as it is."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    number = models.PositiveIntegerField(default=1)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=[(one, one) for one in PlanState], default=PlanState.DRAFT
    )
    starts = models.DateField()
    ends = models.DateField()
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=22, decimal_places=4)
    members = models.JSONField(default=list)
    rules = models.JSONField(default=dict)
    read_on = models.DateField(null=True)
    note = models.CharField(max_length=2000, blank=True)

    class Meta:
        db_table = "negotiation_fee_plan"
        ordering = ["-starts", "name", "-number"]
        indexes = [models.Index(fields=["account"], name="negotiation_plan_of_account")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class AgreedSplitRow(Written):
    """What was agreed of a split, whole, with its hash. Frozen."""

    plan = models.OneToOneField(FeePlanRow, on_delete=models.PROTECT, related_name="+")
    agreed_on = models.DateField()
    total = models.DecimalField(max_digits=22, decimal_places=4)
    currency = models.CharField(max_length=3)
    rules = models.JSONField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "negotiation_agreed_split"

    def __str__(self) -> str:
        return f"{self.plan_id}"


class MemberShareRow(models.Model):
    """What a member pays in an agreed split. Frozen."""

    split = models.ForeignKey(AgreedSplitRow, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    joined = models.BooleanField()
    fee = models.DecimalField(max_digits=22, decimal_places=4)
    share_pct = models.DecimalField(max_digits=9, decimal_places=4)
    previous = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    bound = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "negotiation_member_share"
        ordering = ["split_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["split", "member"], name="negotiation_share_once")
        ]

    def __str__(self) -> str:
        return self.code


class BuyerModelRow(Editable):
    """The buyer's calculation of a case: titles or alternatives, what they and we assume."""

    case = models.OneToOneField(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    body = models.JSONField(default=dict)

    class Meta:
        db_table = "negotiation_buyer_model"

    def __str__(self) -> str:
        return f"{self.case_id}"


class ValueStoryRow(Editable):
    """What our offer is worth to an account, or in one deal: lines, and what use is held against.

    ``prices``: list prices by title; ``articles``: what was invoiced for publishing.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(NegotiationRow, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    lines = models.JSONField(default=list)
    basis = models.CharField(
        max_length=10, choices=[(one, one) for one in Basis], default=Basis.EQUAL
    )
    prices = models.JSONField(default=dict)
    articles = models.JSONField(default=list)
    read_fees = models.JSONField(default=dict)

    class Meta:
        db_table = "negotiation_value_story"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(case=None),
                name="negotiation_value_of_account_once",
            ),
            models.UniqueConstraint(fields=["case"], name="negotiation_value_of_case_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account_id} {self.case_id}"


class SigningRow(Written):
    """How an agreed offer became a version of an agreement. Frozen."""

    case = models.ForeignKey(NegotiationRow, on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField(SentOfferRow, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="+"
    )
    version_number = models.PositiveIntegerField()
    split = models.ForeignKey(AgreedSplitRow, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    currency = models.CharField(max_length=3)
    clauses = models.JSONField()
    terms = models.JSONField(default=dict)

    class Meta:
        db_table = "negotiation_signing"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.offer_id}"


class PlannedInvoiceRow(models.Model):
    """An invoice to come of a signing. Frozen."""

    signing = models.ForeignKey(SigningRow, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    due = models.DateField()
    amount = models.DecimalField(max_digits=22, decimal_places=4)

    class Meta:
        db_table = "negotiation_planned_invoice"
        ordering = ["signing_id", "due", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.due}"


class LetterTemplateRow(Tracked):
    """A Word template of the house for letters to members; withdrawn, never deleted."""

    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "negotiation_letter_template"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(withdrawn_at=None), name="letter_template_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
