"""Point 1: names stand in the text of a query as nothing but names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphlead.common.cypher import portable, quoted
from graphlead.core.errors import SettingsError
from graphlead.stores.library.tokens import Kind, Token, tokens, unescaped
from graphlead.stores.names import identifier, names_for


@given(st.text(min_size=1))
def test_promise_1_no_name_leaves_its_quotes(name: str) -> None:
    assert list(tokens(quoted(name))) == [Token(Kind.NAME, name)]


@given(st.text())
def test_promise_1_a_portable_name_is_the_same_to_neo4j(name: str) -> None:
    if portable(name):
        assert identifier(name) == unescaped(identifier(name)) == quoted(name)
    else:
        with pytest.raises(SettingsError, match="cannot be used as a label or type"):
            identifier(name)


@given(st.lists(st.text(), max_size=5))
def test_promise_1_for_neo4j_no_part_of_a_name_is_in_the_text(given_names: list[str]) -> None:
    names = names_for("neo4j")
    accesses = [names.access(name) for name in given_names]
    assert accesses == [f"[$given{i}]" for i in range(len(given_names))]
    assert list(names.parameters.values()) == given_names
