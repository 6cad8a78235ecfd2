"""Files under their hash: whole, once, checked when read."""

import pytest

from keystead.kernel.errors import NotFound, SourceProblem
from keystead.kit.files.kept import keep, kept


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path
    return tmp_path


def test_the_same_content_is_kept_once(home):
    first = keep("documents", b"contract")
    assert keep("documents", b"contract") == first
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [first]
    assert kept("documents", first) == b"contract"


def test_a_damaged_file_is_told_and_mended_by_keeping_it_again(home):
    found = keep("documents", b"contract")
    place = home / "documents" / found[:2] / found
    place.write_bytes(b"contrac!")
    with pytest.raises(SourceProblem, match="damaged"):
        kept("documents", found)
    keep("documents", b"contract")
    assert kept("documents", found) == b"contract"
    place.unlink()
    with pytest.raises(NotFound):
        kept("documents", found)


@pytest.mark.parametrize(
    ("area", "sha256"), [("../x", "0" * 64), ("documents", "../../secret_key")]
)
def test_a_place_outside_is_refused(area, sha256):
    with pytest.raises(ValueError, match="no place"):
        kept(area, sha256)
