"""Time and memory by stage over the number of companies, as a picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

from graphlead.common.files import write_whole
from scale_bench.table import by_size, of_stage, read, stage_names

mpl.use("Agg")


def plot(out: Path) -> None:
    """Write scale.png: seconds and peak memory of each stage over companies, both axes logarithmic."""
    from matplotlib import pyplot

    runs = [one for one in read(out) if "stages" in one and one["memory"] is None]
    if not runs:
        return
    sizes = by_size(runs)
    figure, panels = pyplot.subplots(1, 2, figsize=(12, 5), layout="constrained")
    figures = (("seconds", "seconds"), ("peak_mb", "peak MiB"))
    for panel, (key, label) in zip(panels, figures, strict=True):
        for name in stage_names(runs):
            values = [max(of_stage(some, name, key), 0.01) for some in sizes.values()]
            panel.plot([size for size, _ in sizes], values, marker="o", label=name)
        panel.set(xscale="log", yscale="log", xlabel="companies", ylabel=label)
        panel.grid(alpha=0.3)
    panels[1].legend(fontsize="small", ncols=2)
    write_whole(out / "scale.png", lambda path: figure.savefig(path, format="png", dpi=110))
    pyplot.close(figure)
