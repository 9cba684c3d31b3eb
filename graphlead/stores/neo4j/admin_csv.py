"""CSV files with headers for ``neo4j-admin database import full``, which fills an empty database offline."""

from __future__ import annotations

from pathlib import Path

from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import InputError
from graphlead.core.property_graph import EdgeTable, Kind, NodeTable, Projection
from graphlead.engines.duckdb import open_db, plain
from graphlead.stores.neo4j import statements
from graphlead.stores.shape import SCHEMA

TYPES = {
    Kind.TEXT: "string",
    Kind.NUMBER: "double",
    Kind.INTEGER: "long",
    Kind.FLAG: "boolean",
    Kind.DAY: "date",
}
OPTIONS = (
    "--id-type=string",
    "--multiline-fields=true",
    "--array-delimiter=TAB",
    "--overwrite-destination=true",
)
OURS, HERE = " (register)", " [register]"
"""What a run adds to the name of a column where another property has it, and what it is in these files."""
TAKEN_APART = set(":{}()")
"""What neo4j-admin takes for the beginning of a type, of options or of a group, even between quotation marks."""
ARGUMENTS, SCHEMA_FILE = "import.args", "schema.cypher"


def export(projection: Projection, out: Path, *, progress: Progress = silent) -> list[str]:
    """Write headers, tables and the schema into the folder ``out``; returns the arguments for neo4j-admin.

    The arguments are also in ``import.args``: ``neo4j-admin database import full @import.args neo4j`` in ``out``, with
    the server stopped; then schema.cypher makes the constraints and indexes. Properties are called NAME [register]
    where a push would call them NAME (register). Raises InputError for a column name that a header cannot have.
    """
    done, arguments = 0, [_mark(projection, out)]
    tables: list[NodeTable | EdgeTable] = [*projection.nodes, *projection.edges]
    for table in tables:
        progress(done, projection.rows, table.file.stem)
        arguments.append(_nodes(table, out) if isinstance(table, NodeTable) else _edges(table, out))
        done += table.rows
    # An option that takes one value comes last, so that the name of the database is not taken for one more file.
    arguments += OPTIONS
    (out / SCHEMA_FILE).write_text(
        "".join(f"{statement};\n" for statement in (*statements.constraints(), *statements.indexes())),
        "utf-8",
    )
    (out / ARGUMENTS).write_text("\n".join(arguments) + "\n", "utf-8")
    progress(projection.rows, projection.rows, "done")
    return ["database", "import", "full", *arguments]


def _nodes(table: NodeTable, out: Path) -> str:
    types = {name: TYPES[kind] for name, kind in table.properties.items()} | {table.key: f"ID({table.label})"}
    header = [_field(name, type_) for name, type_ in types.items()]
    return f"--nodes={table.label}={_write(table.file, header, out)}"


def _edges(table: EdgeTable, out: Path) -> str:
    properties = [_field(name, TYPES[kind]) for name, kind in table.properties.items()]
    header = [f":START_ID({table.source})", f":END_ID({table.target})", *properties]
    return f"--relationships={table.relation}={_write(table.file, header, out)}"


def _mark(projection: Projection, out: Path) -> str:
    """Write the node that marks the database as ours; returns its argument."""
    columns = "\t".join(map(_name, projection.table("Company").properties)).replace('"', '""')
    lines = f'name:ID(Graphlead),schema:long,columns:string[]\ngraphlead,{SCHEMA},"{columns}"\n'
    (out / "Graphlead.csv").write_text(lines, "utf-8")
    return "--nodes=Graphlead=Graphlead.csv"


def _field(name: str, type_: str) -> str:
    """A property in a header. Raises InputError for a name that a header cannot have."""
    name = _name(name)
    if TAKEN_APART & set(name) or not name.isprintable():
        raise InputError(
            f"neo4j-admin would take apart the name of the property {name!r}.",
            remedy="Rename the column in the companies file, or push over Bolt instead.",
        )
    return '"' + f"{name}:{type_}".replace('"', '""') + '"'


def _name(name: str) -> str:
    return f"{name.removesuffix(OURS)}{HERE}" if name.endswith(OURS) else name


def _write(table: Path, header: list[str], out: Path) -> str:
    """Write the file and its header; returns both names as neo4j-admin wants them."""
    file = out / f"{table.stem}.csv"
    (out / f"{table.stem}.header.csv").write_text(",".join(header) + "\n", "utf-8")
    with open_db() as db:
        db.execute(
            "COPY (SELECT * FROM read_parquet(?)) TO ? (FORMAT csv, HEADER false)", [plain(table), str(file)]
        )
    return f"{table.stem}.header.csv,{file.name}"
