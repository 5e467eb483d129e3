"""Packed texts are a list of texts: by index, between two places, joined, and their beginning goes on by itself."""

from __future__ import annotations

from itertools import cycle, islice

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.wire.packed_texts import PackedTexts

# A number stands for a text that long: a few fill a block.
TEXTS = st.lists(st.text(max_size=5) | st.sampled_from(["\ud83d", "日本", 20_000]), min_size=1, max_size=6)


def packed(texts: list[str]) -> PackedTexts:
    found = PackedTexts()
    for index, text in enumerate(texts):
        assert found.append(text) == index
    return found


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_it_is_a_list(some: list[str | int], count: int, first: int, end: int) -> None:
    texts = list(islice(cycle("x" * text if isinstance(text, int) else text for text in some), count))
    found = packed(texts)
    assert len(found) == count
    assert [found[index] for index in range(0, count, 7)] == texts[::7]
    assert found.joined() == "".join(texts)
    first, end = sorted((min(first, count), min(end, count)))
    assert found.between(first, end) == texts[first:end]
    beginning = found.beginning(end)
    assert beginning == packed(texts[:end])
    for text in texts[end:]:
        beginning.append(text)
    assert beginning == found
    assert found.between(0, count) == texts
