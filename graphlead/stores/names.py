"""Names and values that a query has from elsewhere: parameters where a store takes them, quoted otherwise."""

from __future__ import annotations

from graphlead.common.cypher import portable, quoted
from graphlead.core.errors import SettingsError


class Names:
    """Names of properties as LadybugDB takes them, which has no parameters for them: identifiers in back-quotes.

    ``parameters`` are those of the query in which the names and values stand.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, object] = {}

    def access(self, name: str) -> str:
        """The access to a property of this name, after the variable of a node or relationship."""
        return f".{quoted(name)}"

    def value(self, value: object) -> str:
        """The parameter that stands for a value."""
        parameter = f"given{len(self.parameters)}"
        self.parameters[parameter] = value
        return f"${parameter}"


class ParameterNames(Names):
    """Names of properties as parameters, as Neo4j takes them."""

    def access(self, name: str) -> str:
        return f"[{self.value(name)}]"


def names_for(dialect: str) -> Names:
    """The names for a query in this dialect: embedded or neo4j."""
    return ParameterNames() if dialect == "neo4j" else Names()


def identifier(name: str) -> str:
    """A label or type as an identifier for every store. Raises SettingsError unless it is portable."""
    if not portable(name):
        raise SettingsError(
            f"{name!r} cannot be used as a label or type.",
            remedy="Rename it in the database: backslashes and characters that are not printed are refused.",
        )
    return quoted(name)
