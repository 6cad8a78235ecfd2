"""Templates that an agreement may be begun from."""

from __future__ import annotations

import dataclasses

from django.db.models import Q
from django.utils.translation import gettext as _

from keystead.accounts.queries import restrict
from keystead.agreements import models
from keystead.agreements.calc.written import read
from keystead.agreements.types import Terms
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor


@dataclasses.dataclass(frozen=True)
class Template:
    """Terms under a name; ``account_id`` None: without figures, for every customer."""

    id: int
    name: str
    kind: str
    year: int
    account_id: int | None
    terms: Terms


def templates_for(actor: Actor) -> tuple[Template, ...]:
    """Return the templates: those for everyone, and those of accounts whose terms may be read."""
    actor.require("agreements.view")
    rows = models.TermsTemplate.objects.all()
    own = restrict(rows.exclude(account=None), actor, name="terms").values_list("pk", flat=True)
    kept = rows.filter(Q(account=None) | Q(pk__in=list(own)))
    return tuple(as_template(row) for row in kept)


def template_for(actor: Actor, template_id: int) -> Template:
    """Return a template; NotFound when missing or of a customer that is not the actor's."""
    found = next((one for one in templates_for(actor) if one.id == template_id), None)
    if found is None:
        raise NotFound(_("There is no such template."), code="template_not_found")
    return found


def as_template(row: models.TermsTemplate) -> Template:
    """Return the value of a stored template."""
    return Template(row.pk, row.name, row.kind, row.year, row.account_id, read(Terms, row.terms))
