"""Fits the weights of `retouch.verifiers.suspicion` on painted pages and tries them on hands they were not fitted on.

    python benchmarks/calibrate.py [--pages N] [--seed S] [--each E]

Each page is proofread twice, with its own font and with its whole family withheld. Seeds begin at 600; the benchmarks'
begin at 0, so no page of theirs is fitted on. Four regressions are fitted: where the page's own font judges; where
another one does, before and after the look for what is strange; and on the signs that need no font. Printed are the
weights and, for each hand left out in turn, recall at fixed false alarm rates.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.finding import IDENTITY, Mark, meets
from benchmarks.pages import BenchPage, pages, withheld
from retouch.picture import Picture
from retouch.style import Face
from retouch.verifiers.proofreader import Proofreader
from retouch.verifiers.suspicion import Signs
from retouch.writing.hand import own_ink, strange

Matrix = NDArray[np.float64]

RIGHT, OWN, NEAR = "right", "own", "near"
WITHOUT_FONT = ("misread", "blur", "known", "odd")
_RIDGE = 1e-3
_FAULTS = 0.3  # weight of all faults together, that of all right glyphs being 1
_ALARMS = (0.002, 0.005, 0.01, 0.02)


@dataclass(frozen=True)
class Sample:
    """One glyph: what it is, on which hand and by which font (OWN, NEAR) it was judged, and the signs."""

    kind: str
    hand: str
    mode: str
    signs: Signs


def samples(count: int, seed: int, each: int) -> Iterator[Sample]:
    """Every glyph of `count` pages in both modes."""
    for bench in pages(count, seed, each):
        for faces in (None, withheld(bench.page.recipe.face)):
            yield from _page_samples(bench, faces)


def _page_samples(bench: BenchPage, faces: Sequence[Face] | None) -> Iterator[Sample]:
    page = bench.page
    seen = Proofreader(faces=faces).proofread(Picture(page.rgb), page.reference, page.recipe.direction)
    if seen.hand is None:
        return
    for cell, judgement in zip(seen.cells, seen.judgements, strict=True):
        if judgement.signs is None or judgement.shape is None or cell.wanted is None:
            continue
        signs = judgement.signs
        if not seen.hand.own:  # of those that nothing, or everything, speaks against the look was spared
            ink = own_ink(seen.reading.page.ink, cell)
            signs = replace(signs, strange=strange(seen.hand, cell.wanted, ink))
        met = (fault.fault for fault in page.faults if meets(Mark(cell.box, cell.index, ""), fault))
        yield Sample(next(met, None) or RIGHT, bench.hand, OWN if seen.hand.own else NEAR, signs)


def fitted(matrix: Matrix, fault: NDArray[np.bool_]) -> Matrix:
    """Weights and offset of a ridge logistic regression, by Newton's method on standardised signs."""
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    design = np.c_[(matrix - mean) / spread, np.ones(len(matrix))]
    weight = np.where(fault, _FAULTS * (~fault).sum() / fault.sum(), 1.0)
    ridge = np.r_[np.full(matrix.shape[1], _RIDGE), 1e-9] * weight.sum()
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ beta))
        slope = design.T @ (weight * (chance - fault)) + ridge * beta
        curve = (design.T * (weight * chance * (1 - chance))) @ design + np.diag(ridge)
        beta -= np.linalg.solve(curve, slope)
    offset = beta[-1] - float((beta[:-1] * mean / spread).sum())
    return np.append(beta[:-1] / spread, offset).astype(np.float64)


def left_out(found: Sequence[Sample], names: Sequence[str]) -> NDArray[np.float64]:
    """Each sample's suspicion by weights fitted on the other hands."""
    matrix, hands = _matrix(found, names), np.array([s.hand for s in found])
    fault = np.array([s.kind != RIGHT for s in found])
    out = np.zeros(len(found))
    for hand in np.unique(hands):
        weights = fitted(matrix[hands != hand], fault[hands != hand])
        out[hands == hand] = matrix[hands == hand] @ weights[:-1] + weights[-1]
    return out


def _matrix(found: Sequence[Sample], names: Sequence[str]) -> Matrix:
    order = [field.name for field in fields(Signs)]
    columns = [order.index(name) for name in names]
    return np.array([astuple(sample.signs) for sample in found], dtype=np.float64)[:, columns]


def show(found: Sequence[Sample], names: Sequence[str], title: str) -> None:
    weights = fitted(_matrix(found, names), np.array([s.kind != RIGHT for s in found]))
    print(f"\n{title}: " + ", ".join(f"{n} {w:.3f}" for n, w in zip([*names, "offset"], weights, strict=True)))
    suspicion = left_out(found, names)
    kinds, modes = np.array([s.kind for s in found]), np.array([s.mode for s in found])
    identity = np.isin(kinds, IDENTITY)
    for mode in np.unique(modes):
        here = modes == mode
        right = suspicion[here & (kinds == RIGHT)]
        for alarms in _ALARMS:
            level = float(np.quantile(right, 1 - alarms))
            caught = suspicion > level
            print(
                f"  {mode:9} false alarms {alarms:.3f} at {level:6.2f}: identity {caught[here & identity].mean():.3f}"
                f"  strokes {caught[here & ~identity & (kinds != RIGHT)].mean():.3f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--seed", type=int, default=600)
    parser.add_argument("--each", type=int, default=3, help="faults of each kind on a page")
    options = parser.parse_args()
    found = list(samples(options.pages, options.seed, options.each))
    print(f"{len(found)} glyphs, {sum(s.kind != RIGHT for s in found)} of them faulty")
    own, near = ([sample for sample in found if sample.mode == mode] for mode in (OWN, NEAR))
    names = [field.name for field in fields(Signs)]
    show(own, names[:-1], "with the own font")
    show(near, names[:-1], "with another font, at first")
    show(near, names, "with another font")
    show(found, WITHOUT_FONT, "without a font")


if __name__ == "__main__":
    main()
