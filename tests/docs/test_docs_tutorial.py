"""The tutorial does what it says, on a small world."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import tutorial


def test_every_block_of_the_tutorial_runs(toured: tuple[Path, list[str]]) -> None:
    """Each command ends well and prints something, and the circle closes: what was called left the list."""
    folder, printed = toured
    assert len(printed) > 10
    assert all(text.strip() for text in printed)
    called, leads = (
        set(pd.read_csv(folder / name, dtype=str)["company_id"])
        for name in ("called.csv", "demo/run/leads.csv")
    )
    assert called and not called & leads


def test_the_page_shows_what_was_printed() -> None:
    """Below each block stands an output, and it is written where it belongs."""
    page = tutorial.PAGE.read_text(encoding="utf-8")
    blocks = tutorial.blocks_of(page)
    assert all(block.output and page[slice(*block.output)].strip() for block in blocks)
    again = tutorial.written(page, [page[slice(*block.output)] for block in blocks if block.output])
    assert again == page
    changed = tutorial.written(page, [f"line {i}\n" for i in range(len(blocks))])
    assert [changed[slice(*block.output)] for block in tutorial.blocks_of(changed) if block.output] == [
        f"line {i}\n" for i in range(len(blocks))
    ]
