from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui.gateway.secret_filter import SecretFilter

KEY = "sk-CANARY-sk-123"


@given(
    parts=st.lists(st.one_of(st.just(KEY.encode()), st.binary(max_size=6), st.sampled_from([b"sk-", b"sk-CANARY-"]))),
    cuts=st.lists(st.integers(0, 200)),
)
def test_a_key_is_found_however_the_bytes_are_cut_and_the_rest_stays(parts: list[bytes], cuts: list[int]) -> None:
    data = b"".join(parts)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    keys = SecretFilter([KEY])
    passed = b"".join(keys.feed(data[a:b]) for a, b in pairwise(edges)) + keys.flush()
    assert passed == data.replace(KEY.encode(), b"*" * len(KEY))


def test_without_the_beginning_of_a_key_at_its_end_nothing_waits() -> None:
    keys = SecretFilter([KEY, ""])
    assert keys.feed(b"data: {}\n\n") == b"data: {}\n\n"
    assert keys.feed(b"data: sk-CAN") == b"data: "
    assert keys.feed(b"DY\n\n") == b"sk-CANDY\n\n"
