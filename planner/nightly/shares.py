"""How long each case may take of what is left of the night."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def allotted(left: float, workers: int, case: str, weights: Mapping[str, float]) -> float:
    """Seconds for a case that begins now.

    Every case that has not ended yet gets a part of the time that is left, over all workers, by its weight; none gets more
    than there is.

    Args:
        left: seconds of the night.
        case: which of them.
        weights: of it and of all that wait or are at work.
    """
    total = sum(weights.values())
    return max(0.0, min(left, left * workers * weights[case] / total))


def weights_of(
    shares: Mapping[str, float], past: Mapping[str, float], short: Collection[str] = frozenset()
) -> dict[str, float]:
    """What each case weighs: the seconds that its solve took last, and where that is not known its share of what is usual.

    Args:
        shares: of each case, as the file of the night has them.
        past: seconds of the last run that solved it, of those that have had one.
        short: those whose time was up then: they need more, and weigh no less than their share of what is usual.
    """
    usual = sum(past.values()) / len(past) if past else 1.0
    enough = {name: seconds for name, seconds in past.items() if name not in short}
    return {name: enough.get(name, max(past.get(name, 0.0), usual * share)) for name, share in shares.items()}
