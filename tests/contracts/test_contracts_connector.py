"""What every connector must do, whatever it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphlead.connectors.registry import CONNECTORS, listed, reader, reader_of
from graphlead.core.contracts import silent
from graphlead.core.errors import InputError, SettingsError


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("content", [None, "", "a,b\n1,2\n", '{"a": 1}\n'])
def test_what_it_cannot_read_is_refused_with_a_remedy_and_leaves_nothing(
    tmp_path: Path, name: str, content: str | None
) -> None:
    path, out = tmp_path / "file", tmp_path / "out"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(InputError) as refused:
        reader(name)([path], out, silent)
    assert str(path) in refused.value.where
    assert refused.value.remedy
    assert not out.exists() or not list(out.iterdir())


def test_every_connector_is_in_the_help_and_has_standards_of_its_own() -> None:
    assert all(name in listed() and entry.help in listed() for name, entry in CONNECTORS.items())
    standards = [standard for entry in CONNECTORS.values() for standard in entry.standards]
    assert len(set(standards)) == len(standards)
    assert all(
        reader_of(standard) == name for name, entry in CONNECTORS.items() for standard in entry.standards
    )
    assert reader_of("tea leaves") is None


def test_an_unknown_connector_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(SettingsError, match=r"no connector 'glief'\. Did you mean 'gleif'\?"):
        reader("glief")
