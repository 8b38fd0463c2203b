"""Figures as lines of text: medians over the rounds, and ratios of what ran in the same round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from bench.client import Slice
from bench.tasks import LABPARK

MEBIBYTE = 1 << 20


def measure_lines(title: str, rounds: Mapping[str, Sequence[Slice]]) -> list[str]:
    """One line for LabPark and one for each control, with LabPark's ratio to it."""
    width = max(map(len, rounds))
    lines = [title]
    for name, slices in rounds.items():
        parts = [
            f"  {name:<{width}}", f"{median(map(rate, slices)):9.1f} /s", f"({_spread(slices)})".rjust(19),
            _cpu(slices), f"p50 {_latency(slices, 50):7.2f} ms", f"p95 {_latency(slices, 95):7.2f} ms",
            f"{median(each.bytes_read / max(len(each.each), 1) for each in slices) / 1024:6.1f} KiB",
        ]  # fmt: skip
        if name != LABPARK:
            parts.append(f"LabPark is {ratio(rounds[LABPARK], slices):.2f} x")
        lines.append("  ".join(parts))
    return lines


def rate(one: Slice) -> float:
    """Units per second of one round."""
    return len(one.each) / one.seconds if one.seconds else 0.0


def ratio(ours: Sequence[Slice], theirs: Sequence[Slice]) -> float:
    """The median of the ratios of rounds: what stood beside each other is compared, so a slow minute hits both."""
    return median(rate(one) / rate(other) for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * percent // 100) - 1)]


def mebibytes(size: int | None) -> str:
    """A size for people."""
    return "not known here" if size is None else f"{size / MEBIBYTE:.1f} MiB"


def _spread(slices: Sequence[Slice]) -> str:
    rates = [rate(each) for each in slices]
    return f"{min(rates):.1f} to {max(rates):.1f}"


def _cpu(slices: Sequence[Slice]) -> str:
    """Milliseconds that the web process computed for one unit."""
    each = [one.cpu_seconds * 1000 / len(one.each) for one in slices if one.cpu_seconds is not None and one.each]
    return f"{median(each):7.2f} ms CPU" if each else "CPU not known"


def _latency(slices: Sequence[Slice], percent: float) -> float:
    return percentile([seconds for one in slices for seconds in one.each], percent) * 1000
