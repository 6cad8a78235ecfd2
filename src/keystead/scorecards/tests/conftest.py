"""The shipped KPI sets are there, also after a test that emptied the database; own home folder."""

import shutil

import pytest

from keystead.kit.files import duck
from keystead.scorecards import queries, services
from keystead.scorecards.tests.factories import PERIOD, world


@pytest.fixture(autouse=True)
def _sets(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        services.install_default_sets()


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path / "home"
    yield
    duck.close_all()
    shutil.rmtree(settings.KEYSTEAD_HOME, ignore_errors=True)


@pytest.fixture
def half_year(monkeypatch):
    """Cards read the figures of ``world()`` over the first half of 2026, whatever day it is."""
    figures = world()
    for function in (queries.card, services.freeze_card, services.refresh_scores):
        monkeypatch.setitem(function.__kwdefaults__, "evaluate", figures)
    for place in ("queries.cards", "services.refresh"):
        monkeypatch.setattr(f"keystead.scorecards.{place}.default_period", lambda: PERIOD)
    return figures
