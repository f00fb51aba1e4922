from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sereno.media.reorder import LARGEST_DEPTH, Reorder

FRAME = 3600


@st.composite
def streams(draw: st.DrawFn) -> list[list[int]]:
    """GOPs as times of showing in decode order: within a mini-GOP any order that an encoder can
    make, and nothing shown before its key frame."""
    gops, base = [], 0
    for _ in range(draw(st.integers(1, 4))):
        gop = [base]
        base += 1
        for size in draw(st.lists(st.integers(1, 5), max_size=5)):
            gop += draw(st.permutations(range(base, base + size)))
            base += size
        gops.append([each * FRAME for each in gop])
    return gops


def depth_of(shown: list[int]) -> int:
    """How many pictures are decoded before and shown after one that follows them, at most."""
    return max(sum(one > other for one in shown[:at]) for at, other in enumerate(shown))


def decoded(reorder: Reorder[int], gops: list[list[int]]) -> list[tuple[int, int, int]]:
    made = []
    for gop in gops:
        for at, shown in enumerate(gop):
            made += reorder.push(shown, shown, is_key=at == 0)
    return made + reorder.drain()


@given(streams())
def test_with_the_right_depth_decode_times_are_the_times_of_showing_in_order(
    gops: list[list[int]],
) -> None:
    shown = [each for gop in gops for each in gop]
    made = decoded(Reorder(depth_of(shown)), gops)
    assert [picture for picture, _, _ in made] == shown
    assert [decode for _, decode, _ in made] == sorted(shown)
    assert all(decode + offset == picture for picture, decode, offset in made)


@given(streams(), st.none() | st.integers(0, LARGEST_DEPTH + 1))
def test_with_any_depth_nothing_is_lost_and_decode_times_grow(
    gops: list[list[int]], depth: int | None
) -> None:
    shown = [each for gop in gops for each in gop]
    reorder: Reorder[int] = Reorder(depth)
    made = decoded(reorder, gops)
    assert [picture for picture, _, _ in made] == shown
    assert all(one[1] < other[1] for one, other in pairwise(made))
    assert all(decode + offset == picture for picture, decode, offset in made)
    assert reorder.depth <= LARGEST_DEPTH


@given(streams())
def test_what_a_stream_reorders_is_learned_in_its_first_gop(gops: list[list[int]]) -> None:
    reorder: Reorder[int] = Reorder(None)
    first, *others = gops
    decoded_first = [reorder.push(each, each, is_key=not at) for at, each in enumerate(first)]
    assert sum(map(len, decoded_first)) >= len(first) - 4 or reorder.depth > 4
    for gop in others[:1]:
        reorder.push(gop[0], gop[0], is_key=True)
        assert reorder.depth == depth_of(first)


def test_without_b_frames_nothing_is_held_back() -> None:
    reorder: Reorder[str] = Reorder(0)
    for at in range(100):
        assert reorder.push("p", at * FRAME, is_key=False) == [("p", at * FRAME, 0)]


def test_a_picture_of_the_same_time_is_kept() -> None:
    reorder: Reorder[str] = Reorder(0)
    assert reorder.push("one", FRAME, is_key=True) == [("one", FRAME, 0)]
    assert reorder.push("two", FRAME, is_key=False) == [("two", FRAME + 1, -1)]


def test_a_first_gop_that_never_ends_is_held_back_no_longer() -> None:
    reorder: Reorder[int] = Reorder(None)
    made = [reorder.push(at, at * FRAME, is_key=at == 0) for at in range(200)]
    assert [len(each) for each in made[:5]] == [0, 0, 0, 0, 1]
    assert [each[0][0] for each in made[100:]] == list(range(100, 200))
