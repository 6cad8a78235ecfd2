"""Take the trail out of the house: noted in the trail itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.governance.queries import inspection
from keystead.governance.queries.acknowledgements import require_acknowledged
from keystead.governance.types.trail import TrailFilter
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor

MOST_ROWS = 200_000


@transaction.atomic
def begin_export(
    *, actor: Actor, wanted: TrailFilter, kind: str, team_accounts: Iterable[int] = ()
) -> tuple[int, int]:
    """Note that the trail is taken out; return how many rows and the last one that counts.

    Needs ``audit.export``; the trail names people, so data protection has to be acknowledged. The
    row that tells of the export is not part of it.
    """
    actor.require("audit.export")
    require_acknowledged(actor, "data_protection")
    rows = inspection.count(actor=actor, wanted=wanted, team_accounts=team_accounts)
    if rows > MOST_ROWS:
        raise Invalid(
            _("These are %(rows)s rows; a file takes %(most)s.")
            % {"rows": f"{rows:,}", "most": f"{MOST_ROWS:,}"},
            code="too_many_rows",
            hint=_("Choose a shorter time."),
        )
    end, _digest = audit.trail_end()
    audit.record(
        actor=actor,
        action="trail.export",
        subject=("trail", kind),
        new={"filter": wanted.as_data(), "rows": rows, "last_row": end},
    )
    return rows, end
