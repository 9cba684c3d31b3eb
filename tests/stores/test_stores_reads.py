"""Point 3: a read is recognised by its tokens, and nothing else reaches a store."""

from __future__ import annotations

import pytest

from graphlead.stores.faults import QueryError
from graphlead.stores.library.reads import changes, only_reads, require_read
from graphlead.stores.library.tokens import Kind, tokens, unescaped

READS = [
    "MATCH (n) RETURN n",
    "// first\n  /* second */ optional match (n) RETURN n;",
    "WITH 1 AS a RETURN a",
    "RETURN ';'",
    "EXPLAIN MATCH (n) RETURN n",
    "explain logical match (n) return n",
    "MATCH (n) RETURN n.load, n . copy, {import: n.export} AS use",
    "MATCH (n:Import)-[:LOAD|COPY*1..2]->(m:Attach) RETURN n",
    "MATCH (load:T) WHERE load.x = 1 RETURN load",
    "UNWIND [1] AS load MATCH (n) WHERE n.x = load RETURN load ORDER BY load",
    "WITH 1 AS copy, 2 AS install RETURN copy + install AS export",
    "MATCH (n) WHERE n.import IS NULL AND n.load STARTS WITH 'x' RETURN n",
    "RETURN 'LOAD FROM x', \"COPY (\", `EXPORT DATABASE` // LOAD CSV FROM\n /* INSTALL x */",
    r"RETURN 'it\'s LOAD FROM x'",
    "RETURN 'CALL threads=1', $load, $`copy`",
    "MATCH (n) WHERE n.call = 1 RETURN n.call AS call",
    "MATCH (n) CALL (n) { RETURN 1 AS one } RETURN one",
    "CALL { MATCH (n) RETURN n } RETURN n",
    "CALL db.labels() YIELD label RETURN label",
    "CALL table_info('Company') RETURN *",
    "SHOW INDEXES",
    "MATCH (n) WHERE n.x > 1.5e3 AND n.y < 0xFF RETURN n[0..3]",
]
REFUSED = [
    "CREATE (n)",
    "MATCH (n) RETURN n; MATCH (m) RETURN m",
    "",
    ";",
    "LOAD FROM 'x' RETURN *",
    "WITH 1 AS a LOAD FROM 'x' RETURN *",
    "MATCH (n) LOAD FROM 'x' RETURN *",
    "MATCH (n) lOaD/**/FROM 'x' RETURN *",
    "MATCH (n) LOAD // here\n FROM 'x' RETURN *",
    "MATCH (n) LOAD\u00a0FROM 'x' RETURN *",
    "MATCH (n) LOAD\u180eFROM 'x' RETURN *",
    "MATCH (n) WHERE 1 < 2LOAD FROM 'x' RETURN *",
    "MATCH (n) WHERE 1 < 2e5LOAD FROM 'x' RETURN *",
    "MATCH (n) WHERE 1 < 0xFLOAD FROM 'x' RETURN *",
    "MATCH (n) WHERE n.x > 1.LOAD FROM 'x' RETURN *",
    "MATCH (n) WHERE n.x = $1LOAD FROM 'x' RETURN *",
    "WITH 1 AS as LOAD FROM 'x' RETURN *",
    "WITH 1 AS return LOAD CSV FROM 'x' AS l RETURN l",
    "MATCH (n) WHERE n.load LOAD CSV FROM 'x' AS l RETURN l",
    "WITH * LOAD WITH HEADERS (a INT64) FROM 'x' RETURN *",
    "RETURN 1 AS x UNION LOAD FROM 'x' RETURN x",
    "MATCH (n) // '\rLOAD CSV FROM 'x' AS l RETURN l",
    "LOAD CSV FROM 'http://x' AS l RETURN l",
    "PROFILE LOAD CSV FROM 'file:///x' AS l RETURN l",
    "MATCH (n) WHERE EXISTS { LOAD CSV FROM 'x' AS l RETURN l } RETURN n",
    "CALL { LOAD CSV FROM 'x' AS l RETURN l } RETURN l",
    "PROFILE COPY (MATCH (n) RETURN n) TO 'x'",
    "COPY (MATCH (n) RETURN n) TO 'x'",
    "MATCH (n) COPY (RETURN 1) TO 'x'",
    "PROFILE LOAD EXTENSION 'x'",
    "EXPLAIN EXTENSION x",
    "PROFILE INSTALL httpfs",
    "MATCH (n) INSTALL httpfs",
    "EXPORT DATABASE 'x'",
    "MATCH (n) EXPORT DATABASE 'x'",
    "IMPORT DATABASE 'x'",
    "MATCH (n) IMPORT DATABASE 'x'",
    "ATTACH 'x' AS y (dbtype duckdb)",
    "MATCH (n) ATTACH 'x' AS y",
    "DETACH y",
    "USE y",
    "MATCH (n) USE order MATCH (m) RETURN m",
    "CHECKPOINT",
    "BEGIN TRANSACTION",
    "PROFILE COMMIT",
    "CALL threads=1",
    "PROFILE CALL threads = 1",
    "EXPLAIN /* x */ CALL\nthreads\n=\n1",
    "MATCH (n) CALL threads=1 RETURN n",
    "MATCH (n) CALL read_csv_serial('x') RETURN *",
    "CALL create_fts_index('Company', 'i', ['name'])",
    "CALL apoc.load.csv('x') YIELD map RETURN map",
    "CALL dbms.killConnection('x')",
    "RETURN apoc.cypher.runFirstColumnSingle('LOAD CSV FROM 1 AS l RETURN l', {})",
    "RETURN `apoc`.cypher.run('x', {})",
    "SHOW TRANSACTIONS YIELD transactionId AS id TERMINATE TRANSACTIONS id",
    "MATCH (n) FOREACH (x IN [1] | SET n.x = x)",
    "RETURN 'open",
    "RETURN `open",
    "RETURN 1 /* open",
]


@pytest.mark.parametrize("cypher", READS)
def test_promise_3_words_in_strings_comments_and_names_stay_allowed(cypher: str) -> None:
    require_read(cypher)
    require_read(unescaped(cypher))


@pytest.mark.parametrize("cypher", REFUSED)
def test_promise_3_what_reaches_beyond_the_graph_is_refused_wherever_it_stands(cypher: str) -> None:
    assert not only_reads(cypher)
    with pytest.raises(QueryError) as caught:
        require_read(cypher)
    assert caught.value.exit_code == 2
    assert caught.value.remedy


@pytest.mark.parametrize(
    "cypher",
    [
        r"MATCH (n) LO\u0041D CSV FROM 'x' AS l RETURN l",
        r"MATCH (n) LOAD\u0020CSV FROM 'x' AS l RETURN l",
        r"RETURN 'a\u0027 AS x LOAD CSV FROM 'x' AS l RETURN l //'",
        r"MATCH (n) // \u000a LOAD CSV FROM 'x' AS l RETURN l",
        r"MATCH (n) /* \u002a/ LOAD CSV FROM 'x' AS l RETURN l /* */",
    ],
)
def test_promise_3_escapes_are_read_as_neo4j_reads_them(cypher: str) -> None:
    assert not only_reads(unescaped(cypher))


def test_an_escaped_backslash_begins_no_escape() -> None:
    assert unescaped(r"'\\u0027' '\\\u0041' '\u005cu0041'") == r"'\\u0027' '\\A' '\u0041'"


@pytest.mark.parametrize(
    ("cypher", "change"),
    [
        ("MATCH (n) SET n.x = 1", True),
        ("match (n) set n.x = 1", True),
        ("CREATE (n)", True),
        ("LOAD FROM 'x' RETURN *", True),
        ("MATCH (n) RETURN n.set, n.create AS drop", False),
        ("RETURN 'SET x' // CREATE", False),
    ],
)
def test_a_change_is_told_from_a_read(cypher: str, change: bool) -> None:
    assert changes(cypher) is change


def test_tokens_leave_out_blanks_and_comments_and_end_at_what_is_never_closed() -> None:
    found = [(token.kind, token.text) for token in tokens("RETURN $a,`b``c` /* $d */ + 'e' // f\n1.5 `g")]
    assert found == [
        (Kind.WORD, "RETURN"), (Kind.PARAMETER, "a"), (Kind.SYMBOL, ","), (Kind.NAME, "b`c"), (Kind.SYMBOL, "+"),
        (Kind.STRING, "'e'"), (Kind.NUMBER, "1.5"), (Kind.UNCLEAR, "`"),
    ]  # fmt: skip
