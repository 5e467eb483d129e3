"""WebSocket messages come back as they were, and junk of any kind is one ValueError with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.wire.ws_messages import CLIENT_TYPES, SERVER_TYPES, WSMessage

GATEWAY_CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data/cases/dialects/gateway.json").read_text("utf-8")
)
ANY_TEXT = st.text(alphabet=st.characters(codec=None))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), ANY_TEXT)
JSON_VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(ANY_TEXT, JSON_VALUES, max_size=5)


@settings(max_examples=150, deadline=None)
@given(kind=ANY_TEXT, data=OBJECTS)
def test_a_message_comes_back_as_it_was(kind: str, data: dict[str, Any]) -> None:
    message = WSMessage(kind, data)
    text = message.to_json()
    assert WSMessage.from_json(text) == message
    assert text.isascii()
    assert json.loads(text) == {"type": kind, "data": data}


def message_or_error(text: str) -> WSMessage | ValueError:
    try:
        return WSMessage.from_json(text)
    except ValueError as error:
        return error


def assert_message_or_sentence(text: str) -> None:
    result = message_or_error(text)
    if isinstance(result, WSMessage):
        assert WSMessage.from_json(result.to_json()) == result
    else:
        assert type(result) is ValueError
        assert "must" in str(result)
        assert "\n" not in str(result)
        assert len(str(result)) < 1200


@settings(max_examples=200, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_is_a_message_or_a_sentence(text: str) -> None:
    assert_message_or_sentence(text)


@settings(max_examples=200, deadline=None)
@given(
    value=JSON_VALUES,
    members=st.fixed_dictionaries({}, optional={"type": JSON_VALUES, "data": JSON_VALUES, "x": SCALARS}),
)
def test_any_json_is_a_message_or_a_sentence(value: Any, members: dict[str, Any]) -> None:
    assert_message_or_sentence(json.dumps(value))
    assert_message_or_sentence(json.dumps(members))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must be JSON, not an empty text"),
        ("x", r"must be JSON, not 'x' \(Expecting value at character 0\)"),
        ('{"type": "cancel"', "must be JSON, not"),
        ('{"type": "cancel"} {}', "Extra data at character 19"),
        ("\ufeff{}", "must be JSON, not"),
        ("\x1b]52;c;aGk=\x07", r"\\x1b"),
        ("[]", "must be a JSON object, not an array"),
        ("null", "must be a JSON object, not null"),
        ("3", "must be a JSON object, not a number"),
        ("true", "must be a JSON object, not a boolean"),
        ('"cancel"', "must be a JSON object, not a string"),
        ('{"data": {}}', 'must have a "type"'),
        ('{"type": null}', "must be a string, not null"),
        ('{"type": {}}', "must be a string, not an object"),
        ('{"type": "complete", "data": []}', "must be an object, not an array"),
        ('{"type": "complete", "data": ""}', "must be an object, not a string"),
        ('{"type": "complete", "data": false}', "must be an object, not a boolean"),
        ('{"type": "complete", "data": 0}', "must be an object, not a number"),
        ('{"type": "complete", "data": {"temperature": NaN}}', "finite numbers"),
        ('{"type": "complete", "data": {"temperature": -1e999}}', "finite numbers"),
        pytest.param('{"type": "resume", "data": {"after": ' + "9" * 5000 + "}}", "sane length", id="huge-int"),
        pytest.param('{"type": "complete", "data": ' + "[" * 200_000, "nested too deeply", id="deep"),
        pytest.param('{"type": "a", "data": {"x": ' + '{"x": ' * 200_000, "nested too deeply", id="deep-objects"),
    ],
)
def test_junk_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        WSMessage.from_json(text)


@pytest.mark.parametrize(
    "text", ['{"type":"cancel"}', '{"type":"cancel","data":null}', '{"type":"cancel","data":{},"x":[1]}']
)
def test_data_may_be_left_out_and_further_members_are_ignored(text: str) -> None:
    assert WSMessage.from_json(text) == WSMessage("cancel", {})


def test_two_messages_do_not_share_their_data() -> None:
    first, second = WSMessage("cancel"), WSMessage("cancel")
    first.data["gen"] = "a"
    assert second.data == {}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_has_not_is_not_sent(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        WSMessage("chunk", {"at": number}).to_json()


def test_every_recorded_frame_is_a_message_of_the_server() -> None:
    frames = [frame for case in GATEWAY_CASES for frame in case.get("frames", [])]
    kinds = {WSMessage.from_json(frame).type for frame in frames}
    assert kinds <= SERVER_TYPES
    assert len(kinds) >= 4


def test_client_and_server_have_no_type_in_common() -> None:
    assert not CLIENT_TYPES & SERVER_TYPES
