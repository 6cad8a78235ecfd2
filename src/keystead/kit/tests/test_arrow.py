"""PyArrow works without pandas here, and pandas still works for who wants it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = """
import sys
import django
django.setup()
import pyarrow as pa
assert pa.table({"a": [1, 2]}).to_pylist() == [{"a": 1}, {"a": 2}]
assert "pandas" not in sys.modules
import pandas
assert pandas.Series([1]).sum() == 1
"""


def test_no_process_loads_pandas_for_an_array() -> None:
    pytest.importorskip("pandas")
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "keystead.config.settings_for_tests"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
