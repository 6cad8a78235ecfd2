"""The audit trail: write it, prove it, and the triggers that keep it append-only."""

from keystead.kit.audit.anchors import Anchor, Verdict, anchor, prove
from keystead.kit.audit.anchors import folders as anchor_folders
from keystead.kit.audit.chain import Break, holds, last_moment, trail_end, verify
from keystead.kit.audit.record import Told, record, record_all
from keystead.kit.audit.then import changes_of, gone_since, states_then, trail_seq
from keystead.kit.audit.triggers import pseudonym

__all__ = [
    "Anchor",
    "Break",
    "Told",
    "Verdict",
    "anchor",
    "anchor_folders",
    "changes_of",
    "gone_since",
    "holds",
    "last_moment",
    "prove",
    "pseudonym",
    "record",
    "record_all",
    "states_then",
    "trail_end",
    "trail_seq",
    "verify",
]
