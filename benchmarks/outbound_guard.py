"""How much the guard of what leaves finds, and how often it cries for nothing.

Real decks of the demo world (PowerPoint, Excel and Word, three languages) get one leak each, of a
known kind, said in a known way, at a known place; as many get something harmless that looks like
one. Rival in the same run: a plain search for the names and codes of all other accounts in the very
same texts, without regard to case.

Goal: each kind that is said in its own words (in any case, width or hiding place, broken over runs,
with invisible or look-alike signs) is found every time, and at most 2 % of the clean documents are
stopped. What is said otherwise (typing errors, other words) is printed beside it and never hidden
in a mean. ``KEYSTEAD_BENCH=short`` takes a quarter.
"""

from __future__ import annotations

import functools
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from _leak_places import Base, Plant, planted

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
DOCUMENTS = 50 if SHORT else 200
SEED, MOST_FALSE = 20261123, 0.02
PLAIN = (
    "plain",
    "other case",
    "full width",
    "one language",
    "broken over runs",
    "one sentence of it",
    "judgement by a name",
    "judgement by a family name",
    "invisible signs",
    "look-alike letters",
)
Leaked = tuple[Plant, str, bool, bool]  # what, where, found by the guard, by the plain search
HARMLESS = (
    "We keep our price list as it stands.",
    "Resale prices are for you alone to decide.",
    "The price of the lens is on page 3.",
    "Nous gardons le tarif de l'année.",
    "零售价由贵方自行决定。",
    "The health of our supply is good; the university hospital of another city is no topic.",
    "Growth in pharmacy and online: see the chart.",
    "You decide which shop takes part.",
)


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="keystead-bench-")) / "home"
    os.environ["KEYSTEAD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "keystead.config.settings"
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    import django

    from keystead.doors.cli.demo.archive import open_into

    open_into(home)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    chance = random.Random(SEED)
    bases = list(_bases())
    leaks = _planted(bases, chance)
    clean = _clean(bases, chance)
    return _told(leaks, clean)


def _bases() -> Iterator[Base]:
    """Yield the decks of the accounts that sell, as three kinds of file."""
    from keystead.accounts.queries import accounts_for
    from keystead.kernel.errors import KeysteadError
    from keystead.kernel.periods import Period
    from keystead.kit.access import SYSTEM
    from keystead.kit.office import docx, xlsx
    from keystead.kit.office.pptx import presentation
    from keystead.metrics.queries import evaluate
    from keystead.reviews.services.batches import Wanted, frozen_review
    from keystead.reviews.services.decks import build_deck

    sold = evaluate(actor=SYSTEM, metrics="sell_in", by=["account"], period="2026-Q2")
    selling = set(sold.table["account"].to_pylist())
    quarter = Period.quarter(2026, 2)
    made = 0
    for account in accounts_for(SYSTEM):
        if account.id not in selling:
            continue
        try:
            review = frozen_review(SYSTEM, account.id, Wanted(period=quarter))
        except KeysteadError:
            continue
        for language in ("en", "zh-hans", "fr"):
            deck = build_deck(SYSTEM, review, language)
            stem = f"{account.code}-{language}"
            yield Base(account.id, stem, "pptx", presentation(deck), deck)
            yield Base(account.id, stem, "xlsx", xlsx.workbook(deck), deck)
            yield Base(account.id, stem, "docx", docx.document(deck), deck)
        made += 1
        if made >= (3 if SHORT else 8):
            return


def _planted(bases: list[Base], chance: random.Random) -> list[Leaked]:
    """Return plant, place, whether the guard found it and whether the plain search did."""
    from keystead.kit.access import SYSTEM
    from keystead.reviews.services.outbound import vocabulary_for

    found = []
    kinds = list(_KINDS)
    for number in range(DOCUMENTS):
        base = bases[chance.randrange(len(bases))]
        known = vocabulary_for(SYSTEM, base.account_id)
        plant = _KINDS[kinds[number % len(kinds)]](base, known, chance)
        content, place = planted(base, plant, chance)
        leaks, texts = _look(base, plant, content)
        names = {name.casefold() for one in known.others for name in (*one.names, *one.codes)}
        plain = plant.kind in ("name", "code") and any(
            name in text.casefold() for name in names for text in texts
        )
        found.append((plant, place, bool(leaks & set(plant.leaks)), plain))
    return found


def _clean(bases: list[Base], chance: random.Random) -> list[tuple[Counter[str], bool]]:
    """Return for each clean document what the guard found all the same, and the plain search."""
    from keystead.kit.access import SYSTEM
    from keystead.reviews.services.outbound import vocabulary_for

    found = []
    for number in range(DOCUMENTS):
        base = bases[number % len(bases)]
        known = vocabulary_for(SYSTEM, base.account_id)
        own = chance.choice(known.own)
        said = chance.choice((*HARMLESS, f"{own}: thank you", f"For {own} alone", ""))
        person = f" {chance.choice(known.people)} takes the minutes." if known.people else ""
        content, _place = planted(base, Plant("clean", "", said + person), chance)
        leaks, texts = _look(base, Plant("clean", ""), content)
        names = {name.casefold() for one in known.others for name in (*one.names, *one.codes)}
        plain = any(name in text.casefold() for name in names for text in texts)
        found.append((Counter(leaks), plain))
    return found


def _look(base: Base, plant: Plant, content: bytes) -> tuple[set[str], list[str]]:
    from keystead.governance.types.outbound import Outgoing
    from keystead.kit.access import SYSTEM
    from keystead.kit.office.texts import texts
    from keystead.reviews.services.outbound import guard

    missing = (plant.text,) if plant.kind == "approval" else ()
    outgoing = Outgoing(
        account_id=base.account_id, kind="deck", name=f"{base.name}.{base.format}",
        content=content, missing=missing,
    )  # fmt: skip
    found = guard(SYSTEM, outgoing)
    if os.environ.get("KEYSTEAD_BENCH_SHOW") and plant.kind == "clean" and found.found:
        print("   ", base.name, base.format, found.found[:3])
    return {one.leak.value for one in found.found}, [
        one.text for one in texts(content, base.format)
    ]


# What is planted


def _foreign(known: Any, chance: random.Random) -> Any:
    return chance.choice([one for one in known.others if one.names and len(one.names[0]) > 4])


def _name(base: Base, known: Any, chance: random.Random) -> Plant:
    name = chance.choice(_foreign(known, chance).names)
    way, said = _said(name, chance)
    return Plant("name", way, f"As we agreed with {said} in spring", leaks=("other_account",))


def _said(name: str, chance: random.Random) -> tuple[str, str]:
    """Return a way of saying a name, and the name said so."""
    latin = [word for word in name.split() if word.isascii()]
    east = "".join(sign for sign in name if "\u3400" <= sign <= "\u9fff")
    ways = {
        "plain": name, "other case": name.upper(),
        "full width": "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" else s for s in name),
        "broken over runs": name,
        "invisible signs": "\u200b".join(name), "look-alike letters": _alike(name),
        "typing error": name[:2] + name[3:],
    }  # fmt: skip
    if east and latin:
        ways["one language"] = chance.choice([east, " ".join(latin)])
    way = chance.choice(sorted(ways))
    return way, ways[way]


def _alike(name: str) -> str:
    return name.translate(str.maketrans("aeocpxyAEOCPX", "аеосрхуАЕОСРХ"))


def _code(base: Base, known: Any, chance: random.Random) -> Plant:
    from keystead.governance.rules.outbound_names import code_words

    codes = [code for one in known.others for code in one.codes if code_words(code)]
    code = chance.choice(codes)
    way = chance.choice(["plain", "other case", "full width"])
    said = {
        "plain": code,
        "other case": code.lower(),
        "full width": "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" else s for s in code),
    }
    return Plant("code", way, f"see {said[way]} for details", leaks=("other_account",))


def _figure(base: Base, known: Any, chance: random.Random) -> Plant:
    from keystead.kit.access import SYSTEM
    from keystead.metrics.queries import evaluate

    metric = chance.choice(["sell_in", "sell_in_units"])
    other = _foreign(known, chance)
    told = evaluate(actor=SYSTEM, metrics=metric, by=["account"], period="2026-Q2")
    try:
        figure = told.figure(metric, account=other.account_id)
    except (KeyError, LookupError):
        figure = evaluate(actor=SYSTEM, metrics=metric, period="2026-Q2").figure(metric)
    return Plant("figure", "plain", "12,345", figure.proof_id, leaks=("other_figure",))


def _private(base: Base, known: Any, chance: random.Random) -> Plant:
    _written(base.account_id)
    text = MANDATE
    way = chance.choice(["plain", "other case", "one sentence of it", "in other words"])
    said = {
        "plain": text, "other case": text.upper(), "one sentence of it": text.split(". ")[0],
        "in other words": "We would in the end take a little less than that.",
    }[way]  # fmt: skip
    return Plant("private", way, said, leaks=("private",))


def _opinion(base: Base, known: Any, chance: random.Random) -> Plant:
    person, _campaign_name = _written(base.account_id)
    way = chance.choice(["plain", "judgement by a name", "judgement by a family name"])
    if way == "plain":
        return Plant("opinion", way, OPINION, leaks=("opinion",))
    called = person if way == "judgement by a name" else person.split()[-1]
    said = chance.choice([f"{called} is a blocker here", f"{called} ne décide pas",
                          f"{called}是反对者"])  # fmt: skip
    return Plant("opinion", way, said, leaks=("opinion",))


def _price(base: Base, known: Any, chance: random.Random) -> Plant:
    way = chance.choice(["plain", "other case", "in other words"])
    phrase = chance.choice(known.phrases)
    said = {"plain": f"Please {phrase} as agreed", "other case": phrase.upper(),
            "in other words": "Let nobody sell it for less than we two said."}[way]  # fmt: skip
    return Plant("price control", way, said, leaks=("price_control",))


def _campaign(base: Base, known: Any, chance: random.Random) -> Plant:
    _person, name = _written(base.account_id)
    way = chance.choice(["plain", "other case"])
    said = name if way == "plain" else name.upper()
    return Plant("campaign", way, f"Material of {said}", leaks=("campaign",))


def _approval(base: Base, known: Any, chance: random.Random) -> Plant:
    from keystead.kit.access import SYSTEM
    from keystead.reviews import queries
    from keystead.reviews.services.writing import approvals_missing

    review = next(iter(queries.reviews_for(SYSTEM, account_id=base.account_id)))
    (missing,) = approvals_missing(review)
    return Plant("approval", "plain", missing, leaks=("no_approval",))


def _inside(base: Base, known: Any, chance: random.Random) -> Plant:
    said = chance.choice(["Internal only", "仅限内部", "Usage interne"])
    return Plant("marked internal", "plain", f"{said}: draft", leaks=("inside",))


_KINDS: dict[str, Callable[[Base, Any, random.Random], Plant]] = {
    "name": _name, "code": _code, "figure": _figure, "private": _private,
    "opinion": _opinion, "price control": _price, "campaign": _campaign, "approval": _approval,
    "marked internal": _inside,
}  # fmt: skip
OPINION = "Promises much in meetings and forgets it on the way home"
MANDATE = "We walk away below ninety per cent of last year. Payment in sixty days is our last word"


@functools.cache
def _written(account_id: int) -> tuple[str, str]:
    """Write what is ours alone of an account, as people do it; return a person and a campaign."""
    from keystead.accounts.queries import account_for
    from keystead.campaigns.services import create_campaign
    from keystead.campaigns.types import CampaignEntry
    from keystead.kit.access import SYSTEM
    from keystead.negotiation.services.cases import Head, open_case
    from keystead.stakeholders import services as people
    from keystead.stakeholders.types import AssessmentEntry, Basis, PersonEntry

    account = account_for(SYSTEM, account_id)
    open_case(actor=SYSTEM, account_id=account.id,
              head=Head(name="Next year", currency="CNY", mandate=MANDATE))  # fmt: skip
    name = f"Mireille Castaignet{account.id % 7}".rstrip("0123456789")
    person = people.add_person(
        actor=SYSTEM, entry=PersonEntry(account_id=account.id, name=name, basis=Basis.CONTRACT)
    )
    people.assess(actor=SYSTEM, person_id=person.id, entry=AssessmentEntry(
        account_id=account.id, power=3, interest=3, stance=-1, note=OPINION,
    ))  # fmt: skip
    campaign = f"Blue Lantern Weeks {account.code}"
    create_campaign(actor=SYSTEM, entry=CampaignEntry(
        account_id=account.id, name=campaign, starts=date(2026, 9, 1), last=date(2026, 9, 30),
    ))  # fmt: skip
    return name, campaign


# What came of it


def _told(leaks: list[Leaked], clean: list[tuple[Counter[str], bool]]) -> int:
    kinds = dict.fromkeys(plant.kind for plant, *_rest in leaks)
    print(f"{len(leaks)} documents with one leak each, {len(clean)} without; seed {SEED}")
    print(f"{'kind':<18}{'as written':>14}{'otherwise':>14}{'plain search':>16}")
    good = True
    for kind in kinds:
        of = [one for one in leaks if one[0].kind == kind]
        as_written = [one for one in of if one[0].way in PLAIN]
        other = [one for one in of if one[0].way not in PLAIN]
        good = good and all(hit for _p, _w, hit, _n in as_written)
        print(f"{kind:<18}{_share(as_written, 2):>14}{_share(other, 2):>14}{_share(of, 3):>16}")
    for plant, place, hit, _plain in leaks:
        if not hit:
            print(f"  missed: {plant.kind}, {plant.way}, {place}: {plant.text[:60]!r}")
    ways = Counter((plant.way, hit) for plant, _w, hit, _n in leaks)
    for way in dict.fromkeys(plant.way for plant, *_rest in leaks):
        print(f"  said as: {way:<26}{ways[way, True]} of {ways[way, True] + ways[way, False]}")
    places = Counter((place, hit) for plant, place, hit, _n in leaks if plant.way in PLAIN)
    for place in sorted({place for place, _hit in places}):
        print(f"  place: {place:<26}{places[place, True]} of"
              f" {places[place, True] + places[place, False]}")  # fmt: skip
    false = sum(bool(found) for found, _plain in clean) / len(clean)
    rival = sum(plain for _found, plain in clean) / len(clean)
    why = sum((found for found, _plain in clean), Counter[str]())
    good = good and false <= MOST_FALSE
    print(f"clean documents stopped: {false:.1%} ({dict(why) or 'none'}), plain search {rival:.1%};"
          f" goal {MOST_FALSE:.0%}: {'ok' if good else 'MISSED'}")  # fmt: skip
    return 0 if good else 1


def _share(of: list[Leaked], at: int) -> str:
    return f"{sum(bool(one[at]) for one in of)} of {len(of)}" if of else "-"


if __name__ == "__main__":
    sys.exit(main())
