"""The noise report as a file."""

from __future__ import annotations

from graphlead.core.noise import Noise


def noise_text(noise: Noise) -> str:
    """The noise report as text, one paragraph per finding."""
    lines = [
        f"{len(noise.findings)} findings; {noise.n_set_aside:,} records set aside with their reasons.",
        "",
    ]
    for finding in noise.findings:
        column = f", column {finding.column}" if finding.column else ""
        lines.append(f"{finding.check} ({finding.table}{column}): {finding.message} [{finding.action}]")
        lines += [f"    {example}" for example in finding.examples]
    return "\n".join(lines) + "\n"
