"""The register of commands: name, one line, and the function that imports it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


@dataclasses.dataclass(frozen=True)
class Entry:
    """One command. ``load`` imports it; ``line`` is what the overview says."""

    line: str
    load: Callable[[], click.Command]


def _demo() -> click.Command:
    from keystead.doors.cli.demo.commands import demo

    return demo


def _serve() -> click.Command:
    from keystead.doors.cli.serve import serve

    return serve


def _worker() -> click.Command:
    from keystead.doors.cli.serve import worker

    return worker


def _user() -> click.Command:
    _ready()
    from keystead.doors.cli.users import user

    return user


def _backup() -> click.Command:
    _ready()
    from keystead.doors.cli.ops.commands import backup

    return backup


def _restore() -> click.Command:
    from keystead.doors.cli.ops.commands import restore

    return restore


def _outbound() -> click.Command:
    _ready()
    from keystead.doors.cli.outbound import outbound

    return outbound


def _reports() -> click.Command:
    _ready()
    from keystead.doors.cli.reports import reports

    return reports


def _handover() -> click.Command:
    _ready()
    from keystead.doors.cli.onefile.commands import handover

    return handover


def _open() -> click.Command:
    from keystead.doors.cli.onefile.commands import open_file

    return open_file


def _anchor() -> click.Command:
    _ready()
    from keystead.doors.cli.ops.commands import anchor

    return anchor


def _doctor() -> click.Command:
    _ready()
    from keystead.doors.cli.ops.commands import doctor

    return doctor


def _batches() -> click.Command:
    _ready()
    from keystead.ledger.commands.batches import batches

    return batches


def _undo() -> click.Command:
    _ready()
    from keystead.ledger.commands.batches import undo

    return undo


def _verify() -> click.Command:
    _ready()
    from keystead.ledger.commands.verify import verify

    return verify


def _accounts() -> click.Command:
    _ready()
    from keystead.accounts.commands import accounts

    return accounts


def _products() -> click.Command:
    _ready()
    from keystead.catalog.commands import products

    return products


def _metric() -> click.Command:
    _ready()
    from keystead.metrics.commands import metric

    return metric


def _proof() -> click.Command:
    _ready()
    from keystead.metrics.commands import proof

    return proof


def _scorecard() -> click.Command:
    _ready()
    from keystead.scorecards.commands import scorecard

    return scorecard


def _agreement() -> click.Command:
    _ready()
    from keystead.agreements.commands import agreement

    return agreement


def _claim() -> click.Command:
    _ready()
    from keystead.agreements.commands import claim

    return claim


def _conformance() -> click.Command:
    from keystead.doors.cli.conformance import conformance

    return conformance


def _counter() -> click.Command:
    _ready()
    from keystead.connectors.counter.commands import counter

    return counter


def _pnl() -> click.Command:
    _ready()
    from keystead.profitability.commands import pnl

    return pnl


def _waterfall() -> click.Command:
    _ready()
    from keystead.profitability.commands import waterfall

    return waterfall


def _forecast() -> click.Command:
    _ready()
    from keystead.forecasting.commands import forecast

    return forecast


def _renewals() -> click.Command:
    _ready()
    from keystead.pipeline.commands import renewals

    return renewals


def _opportunities() -> click.Command:
    _ready()
    from keystead.pipeline.commands import opportunities

    return opportunities


def _health() -> click.Command:
    _ready()
    from keystead.health.commands import health

    return health


def _allocate() -> click.Command:
    from keystead.negotiation.commands import allocate

    return allocate


def _rival_lost() -> click.Command:
    _ready()
    from keystead.pipeline.commands import rival_lost

    return rival_lost


def _letters() -> click.Command:
    _ready()
    from keystead.negotiation.commands import letters

    return letters


def _negotiate() -> click.Command:
    from keystead.negotiation.commands import negotiate

    return negotiate


def _plan() -> click.Command:
    _ready()
    from keystead.planning.commands import plan

    return plan


def _people() -> click.Command:
    _ready()
    from keystead.stakeholders.commands import people

    return people


def _review() -> click.Command:
    _ready()
    from keystead.reviews.commands import review

    return review


def _deck() -> click.Command:
    _ready()
    from keystead.reviews.commands import deck

    return deck


def _rates() -> click.Command:
    _ready()
    from keystead.reference.commands import rates

    return rates


def _import() -> click.Command:
    _ready()
    from keystead.ledger.commands.imports import import_file

    return import_file


def _ready() -> None:
    """Set Django up on a database that fits, before a room is imported."""
    from keystead.doors.cli.prepare import ready

    ready()


COMMANDS: dict[str, Entry] = {
    "demo": Entry("Open the demo world in the browser.", _demo),
    "serve": Entry("Serve the pages and the API, with a worker beside them.", _serve),
    "import": Entry(
        "Import a file: recognise, map, match, check, and with --post make its rows count.", _import
    ),
    "batches": Entry(
        "List imports, newest first: file, dataset, state, and where its rows went.", _batches
    ),
    "undo": Entry("Take a posted import back; what it had replaced counts again.", _undo),
    "accounts": Entry("List, import and export accounts.", _accounts),
    "people": Entry(
        "Show the people of an ACCOUNT (its code): roles, strength, who is missing, alarms.",
        _people,
    ),
    "plan": Entry(
        "Show the plan of an ACCOUNT (its code), its whitespace, or the segments of accounts.",
        _plan,
    ),
    "products": Entry("List, import and export products and listings.", _products),
    "metric": Entry("Evaluate metrics NAMES (comma-separated) and print them.", _metric),
    "proof": Entry(
        "Show what stands behind a figure, or check every figure of a document against its proof.",
        _proof,
    ),
    "scorecard": Entry(
        "Show the scorecard of an ACCOUNT (its code): value, target, points, and why.", _scorecard
    ),
    "claim": Entry(
        "Read claims: what customers ask for or took, by age, and what stops them.", _claim
    ),
    "agreement": Entry("Read agreements, calculate, accrue and settle them.", _agreement),
    "renewals": Entry(
        "List renewals by the end of their term, with the last day to send notice.", _renewals
    ),
    "opportunities": Entry(
        "List opportunities, the signals behind them, or the roll-up of a year.", _opportunities
    ),
    "health": Entry(
        "Show how accounts are doing: kept scores, or one with every part of its score.", _health
    ),
    "pnl": Entry("Show the P&L of an ACCOUNT (its code), or why its sell-in moved.", _pnl),
    "waterfall": Entry(
        "Show where the list price of an ACCOUNT goes (its code), down to the contribution.",
        _waterfall,
    ),
    "forecast": Entry(
        "Run, override, hand in and lock the rolling forecast; explain it, workbooks, accuracy.",
        _forecast,
    ),
    "allocate": Entry(
        "Share a consortium's fee over its members as a JSON FILE says (- reads standard input).",
        _allocate,
    ),
    "rival-lost": Entry(
        "Write down WHAT the competitor RIVAL lost at an ACCOUNT (its code); it becomes a signal.",
        _rival_lost,
    ),
    "letters": Entry("List, add and withdraw the letter templates of the house.", _letters),
    "negotiate": Entry(
        "Work out packages, votes, the buyer's view and price rules from a JSON file.", _negotiate
    ),
    "review": Entry("Freeze, build, check, list and show business reviews.", _review),
    "deck": Entry(
        "Write the review deck of an ACCOUNT (its code) as PowerPoint, or of many accounts.", _deck
    ),
    "counter": Entry("COUNTER usage reports: check, derive, load, fetch.", _counter),
    "rates": Entry("Exchange rates: import a file, list what is there.", _rates),
    "conformance": Entry(
        "Run worked examples FILES: each that fails with its reason, then how many passed.",
        _conformance,
    ),
    "verify": Entry(
        "Check the trail, every stored file, row count and sum; exit code 3 when one is wrong.",
        _verify,
    ),
    "user": Entry("Add users, list them, hand out tokens.", _user),
    "backup": Entry("Write everything into one file, while Keystead goes on working.", _backup),
    "restore": Entry("Bring a backup back into an empty home folder, and prove it.", _restore),
    "handover": Entry(
        "Write an ACCOUNT (its code) into one file for the person who takes it over.", _handover
    ),
    "outbound": Entry("Look over what leaves for a customer; list, release, fetch.", _outbound),
    "reports": Entry("List your reports by mail, or send one at once.", _reports),
    "open": Entry("Open the FILE of an account in the browser, to read only.", _open),
    "anchor": Entry(
        "Write down where the trail ends, outside the database, as a worker does every day.",
        _anchor,
    ),
    "doctor": Entry("Look for what could go wrong here: disk, database, clock, queue.", _doctor),
    "worker": Entry("Run background work until stopped.", _worker),
}
