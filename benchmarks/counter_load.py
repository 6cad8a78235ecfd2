"""A COUNTER report of a million rows, from the file to usage that counts, against orjson's parse.

The load reads the JSON in its capped child process, checks every rule, and posts the facts; the
rival only parses the same bytes with orjson, which the load does too, on its way. A row is one
metric of one title, year of publication and access type in one month: what a tabular report of a
month writes as one line. Goal: at most 3 times the rival.

``KEYSTEAD_BENCH=short`` loads a tenth of the rows, where starting processes weighs more, and fails
only beyond ten times the goal. ``KEYSTEAD_BENCH_COUNTER_ROWS`` says how many rows.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
ROWS = int(os.environ.get("KEYSTEAD_BENCH_COUNTER_ROWS", "100000" if SHORT else "1000000"))
RATIO = 3.0
ROUNDS = 1 if SHORT else 3
YEARS = tuple(str(2026 - age) for age in range(10))
METRICS = (
    ("Total_Item_Investigations", 40),
    ("Unique_Item_Investigations", 30),
    ("Total_Item_Requests", 20),
    ("Unique_Item_Requests", 15),
    ("No_License", 3),
)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))


def title(number: int) -> dict[str, Any]:
    """Return one journal with a hundred rows: ten years, two access types, their metrics."""
    parts = []
    for at, year in enumerate(YEARS):
        for access in ("Controlled", "Open"):
            kept = METRICS if access == "Controlled" else METRICS[:4]
            found = {name: {"2026-01": most + (number + at) % 7} for name, most in kept}
            parts.append(
                {
                    "Data_Type": "Journal",
                    "YOP": year,
                    "Access_Type": access,
                    "Access_Method": "Regular",
                    "Performance": found,
                }
            )
    return {
        "Title": f"Journal {number}",
        "Publisher": "Ardea Press",
        "Platform": "Ardea",
        "Item_ID": {"DOI": f"10.5555/j{number}", "Proprietary": f"Ardea:{number}"},
        "Attribute_Performance": parts,
    }


def write_report(path: Path) -> None:
    import orjson

    titles = -(-ROWS // (len(YEARS) * (2 * len(METRICS) - 1)))
    head = {
        "Release": "5.1",
        "Report_ID": "TR",
        "Report_Name": "Title Report",
        "Created": "2026-02-05T09:00:00Z",
        "Created_By": "Ardea Press",
        "Institution_ID": {"Proprietary": ["Ardea:LAKE"]},
        "Institution_Name": "Lakeside University",
        "Registry_Record": "",
        "Report_Attributes": {"Attributes_To_Show": ["YOP", "Access_Type", "Access_Method"]},
        "Report_Filters": {"Begin_Date": "2026-01-01", "End_Date": "2026-01-31"},
    }
    items = [title(number) for number in range(titles)]
    path.write_bytes(orjson.dumps({"Report_Header": head, "Report_Items": items}))


def set_up(home: Path) -> None:
    os.environ["KEYSTEAD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "keystead.config.settings"
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command

    from keystead.accounts.services import create_accounts
    from keystead.kit.access import SYSTEM

    call_command("migrate", verbosity=0)
    row = {"code": "LAKE", "name": "Lakeside University", "kind": "university", "currency": "EUR"}
    create_accounts(actor=SYSTEM, rows=[row])


def rival(path: Path) -> float:
    import orjson

    content = path.read_bytes()
    before = time.perf_counter()
    parsed = orjson.loads(content)
    spent = time.perf_counter() - before
    assert parsed["Report_Items"]
    return spent


def load_once(path: Path, round: int) -> tuple[float, int]:
    from keystead.connectors.counter.services.loading import load
    from keystead.kit.access import SYSTEM

    before = time.perf_counter()
    found = load(actor=SYSTEM, path=path, provider=f"round {round}", account="LAKE", post=True)
    spent = time.perf_counter() - before
    assert found.batch is not None
    return spent, found.rows


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="keystead-bench-counter-"))
    try:
        path = folder / "tr.json"
        write_report(path)
        set_up(folder / "home")
        parses, loads, rows = [], [], 0
        for round in range(ROUNDS):
            parses.append(rival(path))
            spent, rows = load_once(path, round)
            loads.append(spent)
            with path.open("ab") as file:
                file.write(b"\n")  # another file: the same one has one effect
        ratio = min(loads) / min(parses)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB of JSON")
        print(f"orjson parses it in {min(parses):.2f} s; loaded in {min(loads):.2f} s")
        limit = RATIO * (10 if SHORT else 1)
        print(f"ratio {ratio:.2f}, goal {RATIO}")
        return 0 if ratio <= limit else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
