import pytest


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path / "home"
