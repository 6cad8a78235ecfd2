"""Looks over what is to leave for a customer, and lets it out or stops it.

The one place where all that must not leave comes together: other accounts' names and figures, what
is ours alone, what we think of people, campaigns without approval, price-control wording.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, cast

from keystead.accounts.queries import account_for
from keystead.accounts.queries.outside import Named, names_outside
from keystead.campaigns.queries.outbound import unapproved_for
from keystead.governance.queries.outbound import price_control_phrases
from keystead.governance.rules.outbound import look
from keystead.governance.services.outbound import Leaving, hand_in
from keystead.governance.services.outbound import release as keep_release
from keystead.governance.types.outbound import (
    Findings,
    Other,
    Outgoing,
    Piece,
    Release,
    SourcedFigure,
    Vocabulary,
)
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.kit.office.carried import carried
from keystead.kit.office.documents.reader import PROVEN, document_format, read_document
from keystead.kit.office.places import stable
from keystead.kit.office.slides import Carried
from keystead.kit.office.texts import Text, texts
from keystead.metrics.queries import Origin, origins
from keystead.negotiation.queries.outbound import private_texts_for
from keystead.stakeholders.queries.outbound import opinions_for

Proven: TypeAlias = Literal["pptx", "xlsx", "docx"]
MOST_OWN = 400  # names of one's own that are passed over


@dataclasses.dataclass(frozen=True)
class Looked:
    """A document that was looked over: what was found, and what it is called by."""

    leaving: Leaving
    findings: Findings
    pieces: int
    figures: int


def vocabulary_for(
    actor: Actor,
    account_id: int,
    *,
    consortium: bool = False,
    together: frozenset[int] = frozenset(),
    missing: Iterable[str] = (),
) -> Vocabulary:
    """Return what must not leave for an account, and what may; NotFound for a foreign one.

    For rules alone: it names accounts that the actor may not see.
    """
    outside = names_outside(actor, account_id, consortium=consortium, together=together)
    opinions = opinions_for(actor, account_id)
    return Vocabulary(
        own_ids=outside.own_ids,
        own=tuple(text for one in outside.own[:MOST_OWN] for text in (*one.names, *one.codes)),
        others=tuple(_other(one) for one in outside.others),
        private=private_texts_for(actor, account_id),
        people=opinions.people,
        opinions=opinions.texts,
        unapproved=unapproved_for(actor, account_id),
        missing=tuple(missing),
        phrases=price_control_phrases(),
    )


def look_over(
    *,
    actor: Actor,
    account_id: int,
    content: bytes,
    name: str,
    kind: str = "document",
    vocabulary: Vocabulary | None = None,
    made_by: int | None = None,
) -> Looked:
    """Return what in a file may not leave for an account; nothing is stored.

    Whoever may export the account's data. The file is read in a capped process: slides, notes,
    charts with their workbooks, comments, tracked changes, hidden sheets, properties. ``made_by``
    None: the actor made it. Raises NotFound for a foreign account, SourceProblem for a file that
    cannot be read: what cannot be read does not leave.
    """
    actor.require("export.data")
    account = account_for(actor, account_id)
    found = read_document(content, name=name, figures=True, texts=True)
    known = vocabulary or vocabulary_for(actor, account.id)
    findings = look(_pieces(found.texts), _figures(actor, found.figures), known)
    maker = actor.user_id if made_by is None else made_by
    leaving = Leaving(account.id, kind, found.name, found.sha256, maker)
    return Looked(leaving, findings, len(found.texts), len(found.figures))


def guard(actor: Actor, outgoing: Outgoing) -> Findings:
    """Return what of a document that we wrote ourselves may not leave; nothing is stored.

    What others wrote is read in a capped process instead (``look_over``).
    """
    name, content = outgoing.readable or (outgoing.name, outgoing.content)
    format = document_format(name)
    if not format:
        raise Invalid("What leaves must be of a kind that can be read.", code="outbound_format")
    known = vocabulary_for(
        actor, outgoing.account_id, together=outgoing.together, missing=outgoing.missing
    )
    figures = carried(content, cast(Proven, format)) if format in PROVEN else ()
    pieces = [*_pieces(texts(content, format)), Piece(stable("file_name"), outgoing.name, "name")]
    return look(pieces, _figures(actor, figures), known)


def look_over_text(
    *, actor: Actor, account_id: int, text: str, kind: str, name: str = "text"
) -> Looked:
    """Return what in a text (a mail, an answer of the API) may not leave for an account."""
    actor.require("export.data")
    account = account_for(actor, account_id)
    pieces = [Piece(stable("line", at), line) for at, line in enumerate(text.splitlines(), 1)]
    findings = look(pieces, (), vocabulary_for(actor, account.id))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Looked(Leaving(account.id, kind, name, sha256, actor.user_id), findings, len(pieces), 0)


def let_out(*, actor: Actor, looked: Looked, reason: str = "") -> Release:
    """Release a document that was looked over; a blocked one is kept as such, then refused."""
    if looked.findings.blocked:
        hand_in(actor=actor, leaving=looked.leaving, findings=looked.findings)
        raise Conflict(
            "This may not leave: something in it is blocked. Take it out, then look again.",
            code="outbound_blocked",
        )
    return keep_release(
        actor=actor, leaving=looked.leaving, findings=looked.findings, reason=reason
    )


def _other(one: Named) -> Other:
    return Other(one.account_id, one.names, one.codes)


def _pieces(found: Iterable[Text]) -> list[Piece]:
    return [Piece(one.place, one.text, one.kind) for one in found]


def _figures(actor: Actor, found: Sequence[Carried]) -> list[SourcedFigure]:
    known = origins(actor=actor, proof_ids=[one.proof for one in found])
    return [_sourced(one.place, one.text or one.meant, known.get(one.proof)) for one in found]


def _sourced(place: str, text: str, origin: Origin | None) -> SourcedFigure:
    if origin is None:
        return SourcedFigure(place, text, frozenset(), known=False)
    return SourcedFigure(place, text, origin.account_ids, resale_price=origin.resale_price)
