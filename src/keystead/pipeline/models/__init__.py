"""Storage of the pipeline room."""

from keystead.pipeline.models.renewals import RenewalEvidence, RenewalOutcome, RenewalRow

__all__ = ["RenewalEvidence", "RenewalOutcome", "RenewalRow"]
