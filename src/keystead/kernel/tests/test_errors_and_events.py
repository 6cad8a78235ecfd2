import dataclasses
from datetime import date
from decimal import Decimal

from keystead.kernel.errors import Conflict, Invalid, KeysteadError, NotFound, SourceProblem
from keystead.kernel.events import Event


def test_an_error_carries_code_hint_and_data():
    error = Invalid("No.", code="nope", hint="Try yes.", amount=Decimal("1.5"), on=date(2026, 1, 1))
    assert error.as_dict() == {
        "code": "nope",
        "message": "No.",
        "hint": "Try yes.",
        "data": {"amount": "1.5", "on": "2026-01-01"},
    }
    assert isinstance(error, KeysteadError)


def test_each_kind_has_its_own_code():
    codes = {kind("x").code for kind in (Invalid, NotFound, Conflict, SourceProblem)}
    assert codes == {"invalid", "not_found", "conflict", "source_problem"}


def test_a_source_problem_says_where():
    error = SourceProblem("Bad date.", file="a.xlsx", sheet="S1", row=7, column="Date")
    assert (error.file, error.sheet, error.row, error.column) == ("a.xlsx", "S1", 7, "Date")
    assert error.as_dict()["data"]["row"] == 7


@dataclasses.dataclass(frozen=True, kw_only=True)
class Posted(Event):
    name = "test.posted"
    batch_id: int
    months: tuple[str, ...] = ()


def test_an_event_survives_its_payload():
    event = Posted(batch_id=3, months=("2026-01-01",))
    payload = event.payload()
    assert payload == {"batch_id": 3, "months": ["2026-01-01"]}
    assert Posted.from_payload({**payload, "later_field": 1}) == event
