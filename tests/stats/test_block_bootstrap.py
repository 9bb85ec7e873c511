"""Whole blocks drawn again: their spread is the design's, and the same seed draws the same."""

import math

import numpy as np
import pytest

from surveyapp.stats.block_bootstrap import Block, BlockBootstrap, spread_of
from surveyapp.stats.complex_samples import design_mean


def blocks(values, weights=None):
    weights = weights or [[1.0] for _ in values]
    return Block([[v * w[0]] for v, w in zip(values, weights, strict=True)], weights)


def test_the_spread_of_a_mean_is_its_design_error():
    values = [0.0, 1.0, 1.0, 0.5, 0.25, 1.0, 0.75, 0.0, 1.0, 0.5] * 3
    drawn = BlockBootstrap(4000, "seed").means(blocks(values))[0]
    expected = design_mean(values, [1.0] * 30, list(range(30)), [""] * 30).se
    assert spread_of(drawn) == pytest.approx(expected, rel=0.05)
    assert sum(drawn) / len(drawn) == pytest.approx(sum(values) / 30, abs=0.005)


def test_measures_of_the_same_blocks_move_together():
    block = Block([[v, 1 - v] for v in (0.1, 0.9, 0.4, 0.7)], [[1.0, 1.0]] * 4)
    first, second = BlockBootstrap(50, 1).means(block)
    assert [a + b for a, b in zip(first, second, strict=True)] == pytest.approx([1.0] * 50)


def test_a_single_block_and_a_replicate_without_weight_keep_the_whole_share():
    assert BlockBootstrap(3, 1).means(blocks([0.3])) == [[0.3] * 3]
    rare = Block([[1.0, 0.5], [1.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert set(BlockBootstrap(40, 1).means(rare)[1]) == {0.5}


def test_many_blocks_are_drawn_in_portions_and_give_the_same(monkeypatch):
    values = [0.0, 1.0, 0.5, 0.25]
    whole = BlockBootstrap(20, "s").means(blocks(values))
    monkeypatch.setattr("surveyapp.stats.block_bootstrap.CELLS_AT_ONCE", 8)
    assert BlockBootstrap(20, "s").means(blocks(values)) == whole


def test_normal_draws_follow_the_same_stream():
    one, two = BlockBootstrap(2000, 7), BlockBootstrap(2000, 7)
    drawn = one.normal()
    assert drawn == two.normal() and abs(float(np.mean(drawn))) < 0.1
    assert drawn != one.normal()


def test_no_weight_and_no_replicates_are_refused():
    with pytest.raises(ValueError, match="weight"):
        BlockBootstrap(2, 1).means(Block([[1.0], [2.0]], [[0.0], [0.0]]))
    with pytest.raises(ValueError, match="replicates"):
        BlockBootstrap(1, 1)


def test_the_spread_of_replicates_is_the_standard_deviation():
    assert spread_of([1.0, 2.0, 3.0]) == 1.0 and math.isclose(spread_of([0.0, 1.0]), math.sqrt(0.5))
