"""Characters and bytes know each other, whatever the bytes are."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from tui.core.wire_view.byte_text import ByteText

ODD = st.sampled_from([b"a", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80", b"\xef\xbf\xbd", b"\xed\xa0\xbd"])
BYTES = st.lists(st.one_of(ODD, st.binary(max_size=3)), max_size=20).map(b"".join)


@given(BYTES, st.integers(0, 1000))
@example(b"\xf0\x9f\x98", 0)
@example(b"\xf0\x9fa\xed\xa0\xbd", 5)
def test_bytes_of_all_characters_are_the_bytes(data: bytes, base: int) -> None:
    text = ByteText(data, base)
    assert text.text == data.decode("utf-8", "replace")
    assert b"".join(text.bytes_of(char) for char in range(len(text.text))) == data
    assert (text.byte_of(0), text.byte_of(len(text.text)), text.end) == (base, base + len(data), base + len(data))


@given(BYTES)
def test_each_byte_knows_its_character(data: bytes) -> None:
    text = ByteText(data, 10)
    for char in range(len(text.text)):
        for offset in range(text.byte_of(char), text.byte_of(char + 1)):
            assert text.char_of(offset) == char
        assert text.bytes_of(char).decode("utf-8", "replace") == text.text[char]
    assert text.char_of(text.end) == len(text.text)


@given(st.text(st.characters(), max_size=20))
def test_lone_halves_of_a_message_stay(message: str) -> None:
    halves = message + "\ud83d"
    text = ByteText(halves.encode("utf-8", "surrogatepass"), is_message=True)
    assert text.text == halves
    assert text.bytes_of(len(halves) - 1) == b"\xed\xa0\xbd"
