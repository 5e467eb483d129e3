"""The decoder around the dialects: framing, verdicts, remarks, traps, frames, reconnecting, and totality."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.chunks import Outcome, StreamProblem, StreamResult
from tui.core.problem_kinds import kind_exists
from tui.core.wire.dialects.catalogue import DIALECT_NAMES
from tui.core.wire.response_decoder import ResponseDecoder
from tui.errors import UsageError

SSE = {"Content-Type": "text/event-stream; charset=utf-8"}
DONE = b"data: [DONE]\n\n"


def delta(text: str, finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice], **more}).encode() + b"\n\n"


def event(seq: int, text: str, generation: str = "g") -> bytes:
    data = json.dumps({"content": text, "finish_reason": None, "index": seq})
    return f"id: {generation}:{seq}\nevent: chunk\ndata: {data}\n\n".encode()


def gateway_done(seq: int) -> bytes:
    return f'id: g:{seq}\nevent: done\ndata: {{"done": true, "finish_reason": "stop"}}\n\n'.encode()


def decoded(*reads: bytes | str, end: StreamProblem | None = None, **settings: Any) -> StreamResult:
    merged: dict[str, Any] = {"status": 200, "headers": SSE, **settings}
    decoder = ResponseDecoder(**merged)
    for read in reads:
        decoder.feed(read)
    return decoder.finish(end=end)


def kind_of(result: StreamResult) -> str | None:
    return result.problem.kind if result.problem else None


class TestVerdict:
    def test_finish_gives_the_same_result_again_and_takes_nothing_more(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(delta("a"))
        first = decoder.finish(end=StreamProblem.of("reset", "cut"))
        assert decoder.feed(delta("b") + DONE) == []
        assert decoder.finish() is first
        assert (first.content, first.outcome, kind_of(first)) == ("a", Outcome.INCOMPLETE, "reset")

    def test_proof_wins_over_a_broken_link(self) -> None:
        result = decoded(delta("a", "stop"), end=StreamProblem.of("reset", "cut"))
        assert (result.outcome, result.problem) == (Outcome.COMPLETED, None)

    def test_end_mark_makes_it_over_but_finished_choices_do_not(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(delta("a", "stop"))
        assert (decoder.is_over, decoder.proof) == (False, "every choice finished")
        decoder.feed(DONE)
        assert (decoder.is_over, decoder.proof) == (True, "[DONE]")

    def test_one_unfinished_choice_is_no_proof(self) -> None:
        other = b'data: {"choices":[{"index":1,"delta":{"content":"x"},"finish_reason":null}]}\n\n'
        result = decoded(delta("a", "stop"), other)
        assert (result.outcome, kind_of(result)) == (Outcome.INCOMPLETE, "no_terminal")

    def test_error_after_all_choices_finished_still_fails(self) -> None:
        result = decoded(delta("a", "stop"), b'data: {"error":{"message":"boom"}}\n\n', DONE)
        assert (result.outcome, kind_of(result), result.content) == (Outcome.FAILED, "server_error", "a")

    @pytest.mark.parametrize(
        ("kind", "outcome"),
        [
            ("reset", Outcome.INCOMPLETE),
            ("truncated", Outcome.INCOMPLETE),
            ("idle_timeout", Outcome.INCOMPLETE),
            ("ws_1006", Outcome.INCOMPLETE),
            ("server_error", Outcome.INCOMPLETE),
            ("too_large", Outcome.FAILED),
            ("http_403", Outcome.FAILED),
        ],
    )
    def test_end_names_the_problem(self, kind: str, outcome: Outcome) -> None:
        end = StreamProblem.of(kind, "how it broke")
        result = decoded(delta("a"), end=end)
        assert (result.outcome, result.problem, result.content) == (outcome, end, "a")

    def test_no_content_is_refused_at_once(self) -> None:
        decoder = ResponseDecoder(status=204)
        assert decoder.is_over
        result = decoder.finish()
        assert (result.outcome, kind_of(result)) == (Outcome.FAILED, "no_terminal")

    @pytest.mark.parametrize("body", [b"", b"\n\n", b": ping\n\n", b": half a comm", b"retry: 300\n"])
    def test_clean_end_without_an_event_is_no_terminal(self, body: bytes) -> None:
        result = decoded(body)
        assert (result.outcome, kind_of(result)) == (Outcome.INCOMPLETE, "no_terminal")

    @pytest.mark.parametrize("tail", [b"data: {}", b"d", b"id: 5\nevent: chunk\n", b'data: {"choices":[]}\n'])
    def test_event_without_its_blank_line_is_named(self, tail: bytes) -> None:
        result = decoded(delta("a") + tail)
        assert (kind_of(result), result.content) == ("unterminated_event", "a")

    def test_unframed_body_is_quoted(self) -> None:
        result = decoded(b'{"error":{"message":"exceeds context"}}')
        assert result.problem is not None
        assert "exceeds context" in result.problem.message

    def test_event_that_is_not_json_ends_the_text_but_not_the_frames(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(delta("a") + b'data: {"choices": [\n\n' + delta("after") + DONE)
        result = decoder.finish()
        assert (result.content, result.outcome, kind_of(result)) == ("a", Outcome.FAILED, "bad_json")
        assert len(decoder.frames) == 4
        assert result.problem is not None
        assert "frame 1" in result.problem.message

    @pytest.mark.parametrize("text", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000])
    def test_deep_json_is_bad_json(self, text: str) -> None:
        assert kind_of(decoded(f"data: {text}\n\n".encode())) == "bad_json"

    def test_huge_number_is_no_problem(self) -> None:
        digits = "9" * 10_000
        body = f'data: {{"choices":[{{"index":0,"delta":{{"content":"a"}}}}],"created":{digits}}}\n\n'.encode()
        result = decoded(body, delta("", "stop"), DONE)
        assert (result.content, result.outcome) == ("a", Outcome.COMPLETED)

    def test_event_over_the_limit_is_refused(self) -> None:
        decoder = ResponseDecoder(headers=SSE, event_limit_bytes=1000)
        decoder.feed(delta("a") + b"data: " + b"x" * 2000)
        assert decoder.is_over
        assert (kind_of(decoder.finish()), decoder.finish().outcome) == ("too_large", Outcome.FAILED)

    @pytest.mark.parametrize("message", ["x" * 2000, "{" + " " * 2000])
    def test_message_over_the_limit_is_refused(self, message: str) -> None:
        assert kind_of(decoded(message, status=101, headers={}, event_limit_bytes=1000)) == "too_large"

    def test_binary_message_breaks_the_protocol(self) -> None:
        decoder = ResponseDecoder("gateway", status=101)
        decoder.feed('{"type":"chunk","data":{"content":"a"}}')
        decoder.feed(b"\x00\xff")
        result = decoder.finish()
        assert (result.content, result.outcome, kind_of(result)) == ("a", Outcome.INCOMPLETE, "protocol")


class TestHead:
    def test_headers_may_be_pairs_in_any_case(self) -> None:
        pairs = [("CONTENT-TYPE", "text/event-stream"), ("X", "y")]
        assert decoded(delta("a", "stop"), DONE, headers=pairs).content == "a"

    @pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"content-type": "application/json"}])
    @pytest.mark.parametrize("start", [b"", b": hello\n\n", b"\xef\xbb\xbf", b"\r\n"])
    def test_body_that_looks_like_sse_is_accepted(self, headers: dict[str, str], start: bytes) -> None:
        reads = [bytes([byte]) for byte in start + delta("a", "stop") + DONE]
        result = decoded(*reads, headers=headers)
        assert (result.content, result.outcome) == ("a", Outcome.COMPLETED)
        has_remark = any("content type" in remark for remark in result.remarks)
        assert has_remark == ("plain" in headers.get("content-type", ""))

    @pytest.mark.parametrize("size", [1, 7, 10_000])
    def test_page_is_quoted_with_its_type(self, size: int) -> None:
        page = b"<html>\x1b]0;x\x07<h1>Sign in</h1>" + b"<p>more</p>" * 200
        reads = [page[i : i + size] for i in range(0, len(page), size)]
        result = decoded(*reads, headers={"content-type": "text/html"})
        assert (result.outcome, kind_of(result)) == (Outcome.FAILED, "content_type")
        assert result.problem is not None
        assert "text/html" in result.problem.message
        assert "Sign in" in result.problem.message
        assert "\x1b" not in result.problem.message
        assert len(result.problem.message) < 200

    @pytest.mark.parametrize("start", [b"\n", b" \r\n" * 700])
    def test_blank_lines_before_a_page_change_nothing(self, start: bytes) -> None:
        page = start + b"error: {} and so on" * 9
        whole, cut = (decoded(*reads, headers={}) for reads in ([page], [bytes([byte]) for byte in page]))
        assert whole.problem == cut.problem
        assert kind_of(whole) == "content_type"

    def test_json_that_nobody_knows_is_no_stream(self) -> None:
        result = decoded(b'{"hello": 1}', headers={"content-type": "application/json"})
        assert (result.outcome, kind_of(result)) == (Outcome.FAILED, "content_type")

    def test_body_that_is_json_by_name_only_is_bad_json(self) -> None:
        result = decoded(b"Internal error", headers={"content-type": "application/json"})
        assert (result.outcome, kind_of(result)) == (Outcome.FAILED, "bad_json")

    @pytest.mark.parametrize("size", [1, 10_000])
    def test_whole_answer_is_read_at_its_last_bracket(self, size: int) -> None:
        answer = {"choices": [{"index": 0, "message": {"content": 'h"i\\}'}, "finish_reason": "stop"}]}
        body = json.dumps(answer, indent=1).encode()
        decoder = ResponseDecoder(headers={"content-type": "application/json"})
        chunks = [c for i in range(0, len(body), size) for c in decoder.feed(body[i : i + size])]
        assert [chunk.content for chunk in chunks] == ['h"i\\}']
        assert decoder.is_over
        assert any("not streamed" in remark for remark in decoder.finish().remarks)

    def test_cut_whole_answer_is_truncated(self) -> None:
        result = decoded(b'{"choices": [', headers={"content-type": "application/json"})
        assert (result.outcome, kind_of(result)) == (Outcome.INCOMPLETE, "truncated")

    @pytest.mark.parametrize(
        ("status", "kind"), [(401, "auth"), (403, "http_403"), (307, "redirect"), (500, "http_500"), (206, "http_206")]
    )
    def test_other_status_fails(self, status: int, kind: str) -> None:
        result = decoded(b"no", status=status, headers={"location": "https://other.example/x"})
        assert (result.outcome, kind_of(result)) == (Outcome.FAILED, kind)
        assert result.problem is not None
        assert result.problem.status == status
        assert ("other.example" in result.problem.message) == (status == 307)

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ('{"error":{"message":"m"}}', "m"),
            ('{"error":"m"}', "m"),
            ('{"message":"m"}', "m"),
            ('{"detail":"m"}', "m"),
            ('{"detail":[{"loc":["a"],"msg":"m"}]}', "m"),
            ('[{"error":{"message":"m"}}]', "m"),
        ],
    )
    def test_message_of_an_error_body_is_the_servers_own(self, body: str, message: str) -> None:
        result = decoded(body.encode(), status=422)
        assert result.problem is not None
        assert result.problem.message == message

    def test_echoed_key_is_masked(self) -> None:
        result = decoded(b'{"error":{"message":"Incorrect API key: sk-CANARY-123456"}}', status=401)
        assert result.problem is not None
        assert "CANARY" not in result.problem.message

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"retry-after": "20"}, 20.0),
            ({"Retry-After": "20", "Retry-After-Ms": "1500"}, 1.5),
            (
                {"retry-after": "Tue, 25 Nov 2025 10:01:00 GMT", "date": "Tue, 25 Nov 2025 10:00:00 GMT"},
                60.0,
            ),
            ({"retry-after": "Tue, 25 Nov 2025 10:01:00 GMT"}, None),
            ({"retry-after": "soon", "date": "today"}, None),
            ({"retry-after": "-5"}, None),
            ({"retry-after": "9" * 5000}, None),
        ],
    )
    def test_retry_after(self, headers: dict[str, str], seconds: float | None) -> None:
        result = decoded(status=429, headers=headers)
        assert result.problem is not None
        assert result.problem.retry_after == seconds


class TestAuto:
    def test_it_says_on_what_evidence_it_decided(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(b": ping\n\ndata: \n\n")
        assert (decoder.dialect_name, decoder.dialect_evidence) == ("auto", "")
        decoder.feed(delta("a"))
        assert decoder.dialect_name == "openai-chat"
        assert "choices" in decoder.dialect_evidence

    def test_error_before_anything_else_is_reported(self) -> None:
        result = decoded(b'event: error\ndata: {"message":"boom","code":"overloaded"}\n\n')
        assert (result.outcome, kind_of(result)) == (Outcome.FAILED, "server_error")
        assert result.problem is not None
        assert (result.problem.message, result.problem.type) == ("boom", "overloaded")

    def test_unknown_dialect_is_an_error_of_use(self) -> None:
        with pytest.raises(UsageError, match="openai-chat"):
            ResponseDecoder("klingon")


class TestRemarksAndTraps:
    def test_plain_stream_has_none(self) -> None:
        result = decoded(delta("a"), delta("", "stop"), DONE)
        assert (result.remarks, result.traps) == ([], [])

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (delta("a", "stop"), "no [DONE]"),
            (delta("a") + DONE, "no finish_reason"),
            (delta("a", "stop") + DONE + delta("late"), "after the end mark"),
            (delta("a", "stop") + DONE + b'data: {"', "discarded"),
            (b'data: {"new": 1}\n\n' + delta("a", "stop") + DONE, "skipped"),
            (delta("a") + b"data: [1]\n\ndata: 7\n\n" + delta("", "stop") + DONE, "2 events of an unexpected shape"),
            (b": x\n\n" + delta("a", "stop") + DONE, "comment"),
            (b"noise\n" + delta("a", "stop") + DONE, "ignored"),
            (delta("a", "stop").replace(b'"a"', b'"\xff"') + DONE, "U+FFFD"),
            (delta("a") + b'data: {"choices":[{"delta":{"content":7}}]}\n\n' + delta("", "stop") + DONE, "not text"),
        ],
    )
    def test_remark(self, body: bytes, words: str) -> None:
        result = decoded(body)
        assert result.outcome is Outcome.COMPLETED
        assert any(words in remark for remark in result.remarks)

    @pytest.mark.parametrize(
        ("body", "kind", "frame"),
        [
            (delta("a") + b'data: {"choices":[],"usage":{"total_tokens":3}}\n\n', "empty_choices", 1),
            (b'data: {"choices":[{"delta":{"role":"assistant","content":null}}]}\n\n' + delta("a"), "role_only", 0),
            (delta("a") + b'data: {"choices":\ndata: []}\n\n', "multi_line_data", 1),
            (delta("a") + delta("b").replace(b"data: ", b"data:"), "no_space", 1),
            (delta("a") + delta("b").replace(b"\n", b"\r\n"), "crlf", 1),
            (delta("a") + b": x\n" + delta("b"), "comment_inside", 1),
            (delta("\ud83d") + delta("\ude00"), "split_surrogates", 1),
            (delta("a", "stop") + delta("b"), "text_after_finish", 1),
            (delta("a") + DONE + delta("b"), "text_after_end", 2),
        ],
    )
    def test_trap(self, body: bytes, kind: str, frame: int) -> None:
        result = decoded(body)
        assert (kind, frame) in [(trap.kind, trap.frame) for trap in result.traps]

    def test_code_point_over_two_reads_is_a_trap(self) -> None:
        body = b'data: {"choices":[{"delta":{"content":"\xc3\xa9"}}]}\n\n'
        cut = body.index(b"\xa9")
        assert [t.kind for t in decoded(body[:cut], body[cut:]).traps] == ["split_code_point"]
        assert decoded(body[: cut + 1], body[cut + 1 :]).traps == []

    def test_trap_counts_and_keeps_its_first_frame(self) -> None:
        usage = b'data: {"choices":[]}\n\n'
        (trap,) = decoded(delta("a") + usage * 3).traps
        assert (trap.frame, trap.sentence[-9:]) == (1, "(3 times)")

    def test_surrogate_pair_of_two_chunks_becomes_its_character(self) -> None:
        result = decoded(delta("a\ud83d"), delta("\ude00b\ud83d"), DONE)
        assert result.content == "a\U0001f600b\ud83d"
        assert [chunk.content for chunk in result.chunks] == ["a\ud83d", "\ude00b\ud83d"]


class TestFrames:
    def test_frame_has_time_read_size_and_event(self) -> None:
        decoder = ResponseDecoder("gateway", headers=SSE)
        whole = event(0, "é") + event(1, "b")
        decoder.feed(whole[:10], at=1.0)
        decoder.feed(whole[10:], at=2.0)
        decoder.feed(b"data: x\n\n", at=3.0)
        found = [(f.index, f.at, f.read_index, f.event) for f in decoder.frames]
        assert found == [(0, 2.0, 1, "chunk"), (1, 2.0, 1, "chunk"), (2, 3.0, 2, None)]
        assert all(frame.size == len(frame.text.encode()) for frame in decoder.frames)
        assert decoder.frames[-1].text == "x"

    def test_columns_give_back_what_was_given_live(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        texts = [f"tök{i} " for i in range(3000)]
        live = [
            chunk for i, text in enumerate(texts) for chunk in decoder.feed(delta(text, model=f"m{i // 999}"), i / 7)
        ]
        result = decoder.finish()
        assert list(result.chunks) == live
        assert [chunk.content for chunk in result.chunks[10:2000:7]] == texts[10:2000:7]
        assert result.content == "".join(texts)
        assert [json.loads(f.text)["choices"][0]["delta"]["content"] for f in decoder.frames] == texts
        assert [chunk.at for chunk in result.chunks] == [decoder.frames[chunk.frame].at for chunk in live]


class TestReconnect:
    def test_half_frame_is_dropped_and_repeated_events_too(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(event(0, "a") + event(1, "b") + event(2, "c")[:-5])
        assert (decoder.last_seq, decoder.generation) == (1, "g")
        decoder.reconnect(200, SSE, 1.0)
        decoder.feed(event(1, "b") + event(2, "c") + gateway_done(3))
        result = decoder.finish()
        assert (result.content, result.outcome) == ("abc", Outcome.COMPLETED)
        assert any("connection 2" in remark for remark in result.remarks)
        assert any("dropped" in remark for remark in result.remarks)

    def test_resumed_text_is_whole_for_a_cut_at_every_byte(self) -> None:
        events = [event(0, "a"), event(1, "é"), event(2, "c"), gateway_done(3)]
        body = b"".join(events)
        for cut in range(len(body)):
            decoder = ResponseDecoder(headers=SSE)
            decoder.feed(body[:cut])
            after = -1 if decoder.last_seq is None else decoder.last_seq
            decoder.reconnect(200, SSE)
            decoder.feed(b"".join(events[after + 1 :]))
            result = decoder.finish()
            assert (result.content, result.outcome) == ("aéc", Outcome.COMPLETED)

    def test_gap_is_a_problem_and_ends_the_text(self) -> None:
        result = decoded(event(0, "a") + event(2, "c") + gateway_done(3))
        assert (result.content, result.outcome, kind_of(result)) == ("a", Outcome.INCOMPLETE, "sequence")

    def test_another_generation_does_not_continue_this_one(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(event(0, "a"))
        decoder.reconnect(200, SSE)
        decoder.feed(event(0, "x", "other") + event(1, "y", "other"))
        result = decoder.finish()
        assert (result.content, kind_of(result)) == ("a", "sequence")

    def test_resume_that_is_gone_keeps_the_text(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(event(0, "a"))
        decoder.reconnect(410, {"content-type": "application/json"})
        decoder.feed(b'{"detail":"too old"}')
        result = decoder.finish()
        assert (result.content, result.outcome, kind_of(result)) == ("a", Outcome.INCOMPLETE, "resume_expired")

    def test_stream_goes_on_over_another_transport(self) -> None:
        decoder = ResponseDecoder(headers=SSE)
        decoder.feed(b"retry: 300\n\n" + event(0, "a"))
        decoder.reconnect(101)
        assert decoder.retry_ms == 300
        for message in (
            {"type": "start", "data": {"gen": "g"}},
            {"type": "chunk", "data": {"content": "a", "seq": 0}},
            {"type": "chunk", "data": {"content": "b", "seq": 1}},
            {"type": "done", "data": {"done": True, "seq": 2}},
        ):
            decoder.feed(json.dumps(message))
        assert (decoder.finish().content, decoder.finish().outcome) == ("ab", Outcome.COMPLETED)


PIECES = st.sampled_from(
    [
        b"data: ",
        b"data:",
        b"event: chunk\n",
        b"event: error\n",
        b"id: g:1\n",
        b"error: {}\n",
        b"\n",
        b"\r\n",
        b"[DONE]",
        b"{",
        b"}",
        b'{"choices":',
        b'[{"delta":{"content":"x"}}]',
        b'{"type":"response.failed","response":{"error":[]}}',
        b'{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}}',
        b'{"message":{"content":"a","tool_calls":[{}]},"done":true}',
        b'{"error":{"code":[],"message":{}}}',
        b"\xff",
        b"\xef\xbb\xbf",
    ]
)
CHAT_MEMBERS = ["choices", "delta", "content", "tool_calls", "index", "function", "error", "type", "usage", "message"]
OTHER_MEMBERS = ["item", "output", "response", "data", "seq", "done", "id", "name", "arguments", "content_block"]
MEMBERS = CHAT_MEMBERS + OTHER_MEMBERS
TYPES = ["chunk", "error", "tool_use", "function_call", "response.completed", "message"]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(TYPES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
    max_leaves=20,
)


class TestTotal:
    @settings(max_examples=150, deadline=None)
    @given(
        reads=st.lists(st.binary(max_size=30) | st.lists(PIECES, max_size=6).map(b"".join), max_size=8),
        dialect=st.sampled_from([*DIALECT_NAMES, "$.a[0]"]),
        media=st.sampled_from(["", "text/event-stream", "application/json", "application/x-ndjson", "text/html"]),
        status=st.sampled_from([200, 101, 204, 302, 401, 410, 599]),
    )
    def test_any_bytes_give_one_result(self, reads: list[bytes], dialect: str, media: str, status: int) -> None:
        decoder = ResponseDecoder(dialect, status, {"content-type": media}, event_limit_bytes=200)
        for read in reads:
            decoder.feed(read)
        result = decoder.finish()
        assert (result.problem is None) == (result.outcome in (Outcome.COMPLETED, Outcome.CANCELLED))
        assert result.problem is None or kind_exists(result.problem.kind)
        assert list(decoder.frames) == [decoder.frames[i] for i in range(len(decoder.frames))]
        assert "".join(c.content for c in result.chunks if c.choice == 0).encode("utf-16", "surrogatepass") == (
            result.content.encode("utf-16", "surrogatepass")
        )

    @settings(max_examples=200, deadline=None)
    @given(
        values=st.lists(JSON_VALUES, max_size=4),
        dialect=st.sampled_from([*DIALECT_NAMES, "$.choices[*].delta.content"]),
        event=st.sampled_from(["", "event: chunk\n", "event: done\n", "event: error\n", "event: message_start\n"]),
    )
    def test_any_json_gives_one_result(self, values: list[Any], dialect: str, event: str) -> None:
        texts = [json.dumps(value) for value in values]
        for status, media in ((101, ""), (200, "text/event-stream"), (200, "application/json")):
            decoder = ResponseDecoder(dialect, status, {"content-type": media})
            for text in texts:
                framed = text if "json" in media else f"{event}data: {text}\n\n"
                decoder.feed(text if status == 101 else framed.encode())
            assert decoder.finish().outcome in Outcome

    @settings(max_examples=100, deadline=None)
    @given(
        body=st.lists(PIECES, max_size=14).map(b"".join),
        media=st.sampled_from(["", "text/event-stream", "application/json", "application/x-ndjson"]),
        sizes=st.lists(st.integers(1, 9), min_size=1),
    )
    def test_any_cutting_gives_the_same(self, body: bytes, media: str, sizes: list[int]) -> None:
        whole = decoded(body, headers={"content-type": media})
        reads: list[bytes] = []
        at = 0
        while at < len(body):
            size = sizes[len(reads) % len(sizes)]
            reads.append(body[at : at + size])
            at += size
        cut = decoded(*reads, headers={"content-type": media})
        assert [c.content for c in cut.chunks] == [c.content for c in whole.chunks]
        assert (cut.content, cut.outcome, cut.problem, cut.usage) == (
            whole.content,
            whole.outcome,
            whole.problem,
            whole.usage,
        )
        assert cut.remarks == whole.remarks


def test_a_stretch_of_chunks_is_the_chunks_one_by_one_whatever_frames_they_came_in() -> None:
    decoder = ResponseDecoder("openai-chat")
    for at in range(400):
        deltas = [{"index": 0, "delta": {"content": f"{at} "}}]
        deltas *= 1 + (at % 50 == 7)  # two chunks in a frame now and then, none in the next one
        value = {"choices": [] if at % 50 == 8 else deltas, "model": "one" if at < 200 else "two"}
        decoder.feed(f"data: {json.dumps(value)}\n\n".encode(), at / 7)
    chunks = list(decoder.chunks)
    for first, end in ((0, 400), (3, 6), (5, 60), (150, 250), (60, 90), (300, 400), (399, 400), (7, 7)):
        assert decoder.chunks[first:end] == chunks[first:end]
    assert decoder.chunks[10:2:-3] == chunks[10:2:-3]
