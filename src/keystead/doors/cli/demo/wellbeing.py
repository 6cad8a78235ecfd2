"""Health of the world: a few contacts, surveys with their answers, scores of half a year."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from keystead.accounts.queries import account_by_code
from keystead.health import queries, services
from keystead.health.types.scores import Signal
from keystead.health.types.surveys import FollowUpOutcome, Kind, Question, SurveyEntry
from keystead.kernel.periods import add_months, month_start
from keystead.kit.access import local_actor
from keystead.stakeholders import services as people
from keystead.stakeholders.types import (
    Basis,
    InteractionEntry,
    PersonEntry,
    RoleEntry,
    RoleKind,
    TouchKind,
)

MONTHS: Final = 6
R = RoleKind


@dataclasses.dataclass(frozen=True)
class Voice:
    """A contact with the role they play, and what they answered (None: not yet)."""

    name: str
    job: str
    role: RoleKind
    nps: int | None
    csat: int | None = None
    why: str = ""


# Account, who looks after it, the survey's name, own question, and its people.
ASKED: Final = (
    ("UVL", "claire", "Votre avis 2026", "text: What to improve? | | Que faut-il améliorer ?",
     (Voice("Mathilde Garnier", "Directrice de la bibliothèque", R.CHAMPION, 9, 5,
            "Des interlocuteurs fiables"),
      Voice("Paul Lemaire", "Directeur des achats", R.PROCUREMENT, 6, 3,
            "La hausse annuelle n’est pas expliquée"),
      Voice("Sofia Benali", "Responsable des revues", R.USER_LEAD, 10, 5),
      Voice("Hugo Perrin", "Vice-président recherche", R.ECONOMIC_BUYER, 8, 4),
      Voice("Claude Roussel", "Conservateur numérique", R.TECHNICAL, 9, 4,
            "Les statistiques arrivent vite"))),
    ("JH-01", "lin", "2026 年度合作调查", "scale: Are deliveries on time? | 供货是否及时？ |",
     (Voice("王晓梅", "采购总监", R.ECONOMIC_BUYER, 7, 4),
      Voice("陈志远", "品类经理", R.CHAMPION, 9, 5, "活动配合很好"),
      Voice("刘婷", "财务经理", R.PROCUREMENT, 3, 2, "返利对账太慢"),
      Voice("赵磊", "供应链经理", R.TECHNICAL, None))),
)  # fmt: skip
# Account, who, signal, days ago, value, source.
TOLD: Final = (
    ("UVL", "claire", Signal.PAYMENT, 20, "6", "Balance âgée d’octobre"),
    ("JH-01", "lin", Signal.PAYMENT, 15, "18", "10 月应收账龄表"),
    ("TM-01", "lin", Signal.PAYMENT, 15, "38", "10 月应收账龄表"),
    ("TM-01", "lin", Signal.ISSUES, 15, "4", "客服工单系统"),
)  # fmt: skip

# The readers of the consortium, asked by its own office and given to us as a file without names:
# would they recommend us (0 to 10), was it easy (1 to 7), do they read away from the site.
READERS: Final = ("CALYPSE", "claire", "Lecteurs du consortium 2026")
READ_AWAY: Final = "yes_no: Do you read away from the site? | | Lisez-vous hors site ?"
RECOMMEND: Final = (
    9, 10, 8, 9, 7, 10, 6, 9, 8, 10, 4, 9, 7, 9, 8, 10, 5, 9,
    8, 10, 9, 7, 3, 9, 10, 8, 6, 9, 7, 10, 8, 9, 5, 8, 6, 7,
)  # fmt: skip
WHY: Final = {3: "Trop de refus d’accès le soir", 4: "Connexion à refaire chaque jour",
              5: "L’accès hors site est pénible"}  # fmt: skip
OPEN_STILL: Final = 2


def fill_health(say: Callable[[str], None]) -> None:
    """Write contacts, surveys and what is known, then keep the scores of the last months."""
    answers = 0
    for code, who, name, own, voices in ASKED:
        answers += _survey(code, who, name, own, voices)
    answers += gather_readers()
    today = timezone.localdate()
    for code, who, signal, days, value, source in TOLD:
        actor = local_actor(who)
        services.observe(
            actor=actor, account_id=account_by_code(actor, code).id, signal=signal,
            on=today - timedelta(days=days), value=Decimal(value), source=source,
        )  # fmt: skip
    kept = 0
    for back in range(MONTHS, 0, -1):
        kept += services.take_snapshots(month=add_months(month_start(today), -back))["made"]
    say(f"{len(ASKED) + 1} surveys with {answers} answers, {kept} scores kept")


def readers_file(today: date) -> bytes:
    """Return the answers of the readers as the file that the consortium's office sent."""
    lines = ["date,role,nps,effort,own1,why"]
    for number, value in enumerate(RECOMMEND):
        day = today - timedelta(days=20 + number % 12)
        easy = min(7, max(1, value - 2 - number % 2))
        role = ("Médecin", "Chercheur", "Pharmacien")[number % 3]
        away = int(number % 5 != 0)
        lines.append(f"{day.isoformat()},{role},{value},{easy},{away},{WHY.get(value, '')}")
    return "\n".join(lines).encode()


def gather_readers() -> int:
    """Bring in the answers of the readers; all that are unhappy but two have been looked after."""
    code, who, name = READERS
    actor, today = local_actor(who), timezone.localdate()
    entry = SurveyEntry(
        account_id=account_by_code(actor, code).id, name=name, owner_id=actor.user_id,
        questions=(Question("nps", Kind.NPS), Question("effort", Kind.EFFORT), *_own(READ_AWAY)),
        ends_on=today + timedelta(days=30),
    )  # fmt: skip
    made = services.create_survey(actor=actor, entry=entry)
    file = readers_file(today)
    found = services.import_answers(
        actor=actor, survey_id=made.id, content=file, name="lecteurs.csv"
    )
    for one in queries.follow_ups_for(actor, survey_id=made.id)[OPEN_STILL:]:
        done = services.FollowUpEntry(
            owner_id=actor.user_id, due_on=one.due_on, outcome=FollowUpOutcome.EXPLAINED,
            note="Réponse donnée par le bureau du consortium.",
        )  # fmt: skip
        services.edit_follow_up(
            actor=actor, follow_up_id=one.id, expected_version=one.version, entry=done
        )
    return found.stored


def _survey(code: str, who: str, name: str, own: str, voices: tuple[Voice, ...]) -> int:
    actor = local_actor(who)
    account = account_by_code(actor, code)
    today = timezone.localdate()
    ids = {voice.name: _contact(who, account.id, number, voice, today)
           for number, voice in enumerate(voices)}  # fmt: skip
    questions = (Question("nps", Kind.NPS), Question("csat", Kind.CSAT), *_own(own))
    entry = SurveyEntry(
        account_id=account.id, name=name, questions=questions, owner_id=actor.user_id,
        ends_on=today + timedelta(days=60),
    )  # fmt: skip
    made = services.create_survey(actor=actor, entry=entry)
    services.ask_people(
        actor=actor, survey_id=made.id, person_ids=list(ids.values()), by_mail=False
    )
    asked = {one.name: one.id for one in queries.invitations_of(made)}
    given = [voice for voice in voices if voice.nps is not None]
    for voice in given:
        secret, _survey, _name = services.make_link(actor=actor, invitation_id=asked[voice.name])
        said = {"nps": voice.nps, "csat": voice.csat, "why": voice.why}
        services.answer(secret=secret, given=said)
    first, *_rest = queries.follow_ups_for(actor, survey_id=made.id)
    if who == "claire":
        done = services.FollowUpEntry(
            owner_id=actor.user_id, due_on=first.due_on, outcome=FollowUpOutcome.EXPLAINED,
            note="Appel du 12 : le détail de la hausse est envoyé.",
        )  # fmt: skip
        services.edit_follow_up(
            actor=actor, follow_up_id=first.id, expected_version=first.version, entry=done
        )
    return len(given)


def _own(line: str) -> tuple[Question, ...]:
    kind, _colon, rest = line.partition(":")
    words = [part.strip() for part in rest.split("|")]
    said = dict(zip(("en", "zh-hans", "fr"), words, strict=True))
    return (Question("own1", Kind(kind), {key: text for key, text in said.items() if text}),)


def _contact(who: str, account_id: int, number: int, voice: Voice, today: date) -> int:
    actor = local_actor(who)
    entry = PersonEntry(
        account_id=account_id, name=voice.name, basis=Basis.INTEREST,
        email=f"contact{number + 1}.{account_id}@example.org",
        language={"claire": "fr", "lin": "zh"}[who],
    )  # fmt: skip
    found = people.add_person(actor=actor, entry=entry, job_title=voice.job)
    evidence = {"claire": "Organigramme transmis", "lin": "客户组织架构图"}[who]
    people.hold_role(
        actor=actor, person_id=found.id,
        entry=RoleEntry(account_id=account_id, role=voice.role, evidence=evidence),
    )  # fmt: skip
    for days in (12 + 9 * number, 75 + 11 * number):
        talk = InteractionEntry(
            account_id=account_id, kind=TouchKind.MEETING, on=today - timedelta(days=days),
            subject={"claire": "Point d’étape", "lin": "例行沟通"}[who], people=(found.id,),
            colleagues=(actor.user_id or 0,),
        )  # fmt: skip
        people.log_interaction(actor=actor, entry=talk)
    return found.id
