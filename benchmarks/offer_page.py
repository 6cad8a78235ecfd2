"""The offer what-if in the page, end to end: a tier is typed, the answer is drawn.

Goal: one agreement in the page at most 300 ms end to end. Limit, not rival: a person waits for it.
Measured on the demo's offers as the browser asks: the form of the page is posted (htmx) with a
changed rate that was not asked before, in process, through all of Django, to the last byte. The
page itself, with the first answer over fresh draws, is printed beside it.

Wall time and processor time are printed. ``KEYSTEAD_BENCH=short``, for a machine that does other
work, takes fewer turns and judges by processor time, which waiting for others does not lengthen.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path

GOAL = 0.300
SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
TURNS = 6 if SHORT else 40
HTMX = {"HX-Request": "true"}


class Terms(HTMLParser):
    """The fields of the form ``terms``, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.url = self.select = ""
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "terms"
            self.url = given.get("hx-post", "") if self.inside else self.url
        if not self.inside:
            return
        if tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select and "selected" in given:
            self.fields.setdefault(self.select, []).append(given.get("value", ""))
        elif tag == "input" and given.get("name") and _sent(given):
            self.fields.setdefault(given["name"], []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def _sent(given: dict[str, str]) -> bool:
    kind = given.get("type")
    return kind != "submit" and (kind not in ("checkbox", "radio") or "checked" in given)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="keystead-offer-page-"))
    try:
        return _measure(folder / "home")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(home: Path) -> int:
    os.environ["KEYSTEAD_HOME"] = str(home)
    os.environ.pop("KEYSTEAD_DATABASE_URL", None)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
    from keystead.doors.cli.demo.archive import open_into
    from keystead.doors.cli.prepare import ready

    open_into(home)
    ready(upgrade=True)
    (home / "static").mkdir(exist_ok=True)
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    from keystead.kit.models import User
    from keystead.profitability.models import OfferCaseRow

    case = OfferCaseRow.objects.filter(discarded=False).order_by("id").first()
    assert case is not None, "the demo holds no offers"
    client = Client()
    owner = User.objects.get(pk=case.created_by_id) if case.created_by_id else None
    client.force_login(owner or User.objects.get(username="anna"))
    start = time.perf_counter()
    page = client.get(f"/offers/{case.pk}/")
    assert page.status_code == 200, page
    first = time.perf_counter() - start
    form = Terms()
    form.feed(page.content.decode())
    rates = [name for name in form.fields if "-rate-" in name and form.fields[name][0]]
    assert form.url, "the page has no form"
    assert rates, form.fields
    client.post(form.url, form.fields, headers=HTMX)  # compiled templates, warm imports
    times = [_turn(client, form, rates[turn % len(rates)], turn) for turn in range(TURNS)]
    (middle, worst), (work, most) = (_told([one[at] for one in times]) for at in range(2))
    judged = most if SHORT else worst
    good = judged <= GOAL
    print(f"the page with its first answer {first * 1000:.0f} ms")
    print(
        f"a changed rate, {TURNS} times: median {middle * 1000:.0f} ms, 95th percentile "
        f"{worst * 1000:.0f} ms; of the processor {work * 1000:.0f} and {most * 1000:.0f} ms"
    )
    print(f"{judged / GOAL:.2f} x the goal of {GOAL * 1000:.0f} ms: {'ok' if good else 'MISSED'}")
    return 0 if good else 1


def _told(values: list[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    return statistics.median(values), sorted(values)[int(0.95 * (len(values) - 1))]


def _turn(client, form: Terms, rate: str, turn: int) -> tuple[float, float]:
    """Post the form with one rate changed; return the seconds to the whole answer, and worked."""
    told = f"{float(form.fields[rate][0].replace(',', '.') or 1) + 0.01 * (turn + 1):.2f}"
    start, worked = time.perf_counter(), time.process_time()
    answer = client.post(form.url, {**form.fields, rate: [told]}, headers=HTMX)
    spent = time.perf_counter() - start, time.process_time() - worked
    assert answer.status_code == 200, answer
    assert b"P90" in answer.content, answer.content[:2000]
    return spent


if __name__ == "__main__":
    raise SystemExit(main())
