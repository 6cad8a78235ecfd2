"""F16: clocks that jump, and days that are odd; totals and the order of the trail do not care."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.site import LONG, keystead, rows, run_python

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed"),
]
LINES = """Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price
F1,A-1,P-1,2024-02-29,10,2.50
F2,A-1,P-1,2025-12-31,4,5.00
F3,A-1,P-1,2026-01-01,6,2.50
F4,A-1,P-1,2026-03-29,3,1.00
"""
MONTHS = {"2024-02": "25", "2025-12": "20", "2026-01": "15", "2026-03": "3"}
FLAGS = ["--as", "sell_in", "--source", "erp", "--currency", "EUR",
         "--create", "products,accounts", "--post", "--json"]  # fmt: skip
ODD = [
    ("2026-03-29 01:59:58", "Europe/Paris"),  # an hour that is not there
    ("2026-10-25 02:59:58", "Europe/Paris"),  # an hour that comes twice
    ("2026-12-31 23:59:58", "Europe/Paris"),
    ("2026-12-31 23:59:58", "Asia/Shanghai"),
    ("2026-12-31 23:59:58", "America/New_York"),
    ("2028-02-29 12:00:00", "UTC"),
]
WRITE = """
import json, sys
import django
django.setup()
from keystead.accounts import services
from keystead.kit import jobs
from keystead.kit.access import SYSTEM
from keystead.kit.jobs import schedule
jobs.periodic("t.daily", every=__import__("datetime").timedelta(days=1))(lambda run, payload: None)
schedule._periods = {"t.daily": schedule._periods["t.daily"]}
services.create_account(actor=SYSTEM, code=sys.argv[1], name=sys.argv[1], kind="shop", country="FR")
for job_id in schedule.tick():
    jobs.run_inline(job_id)
"""


def _at(moment: str, zone: str = "UTC") -> dict[str, str]:
    """The environment of a process that sees this wall clock in this zone, and goes on from it."""
    return {"LD_PRELOAD": str(LIBRARY), "FAKETIME": f"@{moment}", "TZ": zone,
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "KEYSTEAD_TIME_ZONE": zone}  # fmt: skip


def _called(home: Path, *args: str, **clock: str) -> subprocess.CompletedProcess[str]:
    """Run a command; again when the faked clock itself broke it.

    Under libfaketime ``clock_nanosleep`` now and then answers EINVAL, whatever the time is. What
    such a command leaves must not be in the way of the next one.
    """
    for _ in range(8):
        done = keystead(home, *args, **clock)
        if done.returncode == 0 or "OSError(22," not in done.stderr:
            break
    return done


def _totals(home: Path, **clock: str) -> dict[str, str]:
    done = _called(home, "metric", "sell_in", "--by", "month", "--period", "2024-01..2026-12",
                   "--format", "csv", **clock)  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [line.split(",") for line in done.stdout.splitlines()[1:]]
    return {cells[0][:7]: cells[1].split(".")[0] for cells in lines if cells[1]}


@pytest.mark.parametrize(
    ("moment", "zone"), ODD if LONG else ODD[1:4:2], ids=lambda value: value.replace(" ", "T")
)
def test_totals_are_the_same_on_odd_days_in_any_zone(
    moment: str, zone: str, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(LINES)
    clock = _at(moment, zone)
    done = _called(home, "import", str(file), *FLAGS, **clock)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["posted"] == 4
    assert _totals(home, **clock) == MONTHS
    assert _totals(home) == MONTHS
    assert keystead(home, "verify").returncode == 0


def test_a_jumping_clock_neither_breaks_the_trail_nor_doubles_or_skips_work(
    copy_home: Callable[[Path], Path], tmp_path: Path
) -> None:
    home = copy_home(tmp_path)
    shutil.rmtree(home / "anchors", ignore_errors=True)
    moments = [
        "2027-06-10 10:00:00",
        "2027-06-10 09:00:00",  # back an hour
        "2027-06-11 09:30:00",  # forward a day
        "2027-06-10 10:30:00",  # and right again
        "2027-06-11 10:30:00",
    ]
    turns = []
    for number, moment in enumerate(moments):
        run_python(home, WRITE, f"K-{number}", **_at(moment))
        turns.append(rows(home, "select count(*) from kit_job where kind = 't.daily'")[0][0])
    assert turns == [1, 1, 2, 2, 3]
    written = rows(
        home, "select new, at from kit_auditentry where action = 'account.create' order by id"
    )
    assert [json.loads(new)["code"] for new, _at in written] == [
        f"K-{number}" for number in range(len(moments))
    ]
    times = [at for _new, at in written]
    assert times != sorted(times), "the clock did not jump"
    checked = keystead(home, "verify", "--json")
    assert checked.returncode == 0, checked.stdout
