"""Turns declared metrics into one syntax tree and renders it for an engine.

Stages: *scan* folds the rows of a dataset by raw keys; *roll up* joins dimensions and time
slots to that small result; *combine* brings the scans of all metrics together and does the
arithmetic. Time is worked out in Python (``calc.time``), so SQL sees only plain dates.
"""

from keystead.metrics.calc.compiler.combine import NOTES, Compiled, compile_plan
from keystead.metrics.calc.compiler.folding import (
    NAMED,
    STANDING,
    compile_lines,
    compile_standing,
    compile_sums,
)
from keystead.metrics.calc.compiler.plan import (
    Engine,
    Output,
    Plan,
    Scan,
    plan_inputs,
    plan_metrics,
)
from keystead.metrics.calc.compiler.reading import read_segments
from keystead.metrics.calc.compiler.render import render
from keystead.metrics.calc.compiler.rows import (
    compile_currencies,
    compile_observations,
    observed_rows,
    page,
    proof_rows,
    totals,
)
from keystead.metrics.calc.compiler.scans import Sources
from keystead.metrics.calc.compiler.templates import Statements, statements

__all__ = [
    "NAMED",
    "NOTES",
    "STANDING",
    "Compiled",
    "Engine",
    "Output",
    "Plan",
    "Scan",
    "Sources",
    "Statements",
    "compile_currencies",
    "compile_lines",
    "compile_observations",
    "compile_plan",
    "compile_standing",
    "compile_sums",
    "observed_rows",
    "page",
    "plan_inputs",
    "plan_metrics",
    "proof_rows",
    "read_segments",
    "render",
    "statements",
    "totals",
]
