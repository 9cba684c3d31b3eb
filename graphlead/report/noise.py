"""The noise report as a file."""

from __future__ import annotations

from dataclasses import replace

from graphlead.core.noise import Finding, Noise
from graphlead.core.same import Same
from graphlead.report.summary import counted


def with_repeated(noise: Noise, same: Same) -> Noise:
    """The noise with a finding on the records that are probably another record of a company, where there are any."""
    repeated = same.repeated()
    if not repeated:
        return noise
    finding = Finding(
        check="several records of one company",
        table="companies",
        count=repeated,
        message=f"{counted(repeated, 'record')} of {len(same.cluster):,} {'is' if repeated == 1 else 'are'} probably "
        "another record of a company that the register has already, by name and place",
        action="kept; a company is one client and one lead",
    )
    return replace(noise, findings=(*noise.findings, finding))


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
