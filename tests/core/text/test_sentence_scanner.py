"""Sentences: the adopted cases under many chunkings, and the laws of the core on text rich in signs."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.text import sentence_blocks, sentence_boundaries
from tui.core.text.sentence_scanner import SentenceScanner

CASES = json.loads((Path(__file__).parents[2] / "data/cases/sentences.json").read_text(encoding="utf-8"))["cases"]
ADOPTED = [case for case in CASES if case.get("adopted", True)]

SIGNS = [*".!?…。！？｡．।॥؟۔።፧။։\"'”’“„«»「」『』（）《》【】()[]*_~`#>|-+=•⁃:;,—"]
WORDS = [
    *("The", "the", "Dr.", "e.g.", "z. B.", "No. 5", "U.S.", "p.m.", "Inc.", "etc.", "3. Mai", "3.14", "a.b@c.de"),
    *(
        "J. R.",
        "1.",
        "2.",
        "1)",
        "2)",
        "a)",
        "b.",
        "1.)",
        "10",
        "３",
        "好",
        "日本語",
        "مرحبا",
        "हाँ",
        "café",
        "I",
        "Yahoo!",
    ),
]
MARKS = [
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    "\u00a0",
    "\u202f",
    "\u3000",
    "\u2028",
    "```",
    "```py\n",
    "~~~",
    "---",
]
ODD = [
    "🎉",
    "👨\u200d👩\u200d👧",
    "👍🏽",
    "🇩🇪",
    "1\ufe0f\u20e3",
    "\u200d",
    "\ufe0f",
    "\u0301",
    "\ud800",
    "\udc00",
    "\0",
    "[1]",
    "[^2]",
    "¹",
]
SPACED = [
    ". . .",
    ". . . .",
    "....",
    "- ",
    "> ",
    "# ",
    "| a |\n",
    "* * *",
    "===\n",
    "- - -",
    " " * 300,
    "." * 300,
    "`" * 300,
]
PIECES = st.sampled_from(SIGNS + [f"{word} " for word in WORDS] + WORDS + MARKS * 2 + ODD + SPACED)
TEXTS = st.lists(PIECES, max_size=60).map("".join)


def segments_of(chunks: list[str], cap: int = 65536) -> list[str]:
    scanner = SentenceScanner(cap)
    return [segment for chunk in chunks for segment in scanner.add(chunk)] + scanner.flush()


def pieces_of(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def random_pieces(text: str, seed: int) -> list[str]:
    rng, pieces, i = random.Random(seed), [], 0
    while i < len(text):
        size = rng.randint(0, 20)
        pieces.append(text[i : i + size])
        i += size
    return pieces


def chunkings_of(text: str) -> Iterator[list[str]]:
    yield [text]
    for size in (1, 3, 4):
        yield pieces_of(text, size)
    yield random_pieces(text, 7)


def items_of(segments: list[str]) -> list[str]:
    return [item for item in (segment.strip() for segment in segments) if item]


def is_followed(case: dict[str, Any]) -> bool:
    """Whether every chunking of the case gives the expected items, and loses nothing."""
    results = [segments_of(chunks) for chunks in chunkings_of(case["text"])]
    return all("".join(result) == case["text"] and items_of(result) == case["items"] for result in results)


def test_at_least_95_percent_of_the_adopted_cases_are_followed() -> None:
    failed = [case["id"] for case in ADOPTED if not is_followed(case)]
    assert len(failed) <= 0.05 * len(ADOPTED), failed


def test_at_least_46_of_the_48_adopted_english_golden_rules_are_followed() -> None:
    golden = [case for case in ADOPTED if case["class"] == "golden-english"]
    assert len(golden) == 48
    assert sum(is_followed(case) for case in golden) >= 46


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_no_code_point_is_lost_and_the_chunks_do_not_matter(text: str) -> None:
    whole = segments_of([text])
    assert "".join(whole) == text
    assert "" not in whole
    for chunks in chunkings_of(text):
        assert segments_of(chunks) == whole


@given(TEXTS, st.integers(min_value=1, max_value=120))
@settings(max_examples=100, deadline=None)
def test_a_cap_cuts_at_the_same_places_under_every_chunking(text: str, cap: int) -> None:
    whole = segments_of([text], cap)
    assert "".join(whole) == text
    assert all(len(segment) <= cap for segment in whole)
    for chunks in chunkings_of(text):
        assert segments_of(chunks, cap) == whole


@given(st.text(st.characters()), st.integers(min_value=1, max_value=7))
@settings(max_examples=100, deadline=None)
def test_any_text_is_taken_surrogates_too(text: str, size: int) -> None:
    assert "".join(segments_of(pieces_of(text, size))) == text


def test_a_sentence_longer_than_the_cap_is_cut_at_exactly_the_cap() -> None:
    text = "word " * 60_000 + "end. Next"
    for chunks in ([text], pieces_of(text, 997), pieces_of(text, 4)):
        lengths = [len(segment) for segment in segments_of(chunks)]
        assert lengths == [65536] * 4 + [len(text) - len(" Next") - 4 * 65536, len(" Next")]


def released_at(text: str) -> list[int]:
    """For each segment, how many code points had been fed when it came; the flushed ones are left out."""
    scanner = SentenceScanner()
    return [fed for fed, character in enumerate(text, start=1) for _ in scanner.add(character)]


@pytest.mark.parametrize("case", [case for case in ADOPTED if len(case["items"]) > 1], ids=lambda case: case["id"])
def test_a_sentence_is_out_when_two_words_after_it_are_complete(case: dict[str, Any]) -> None:
    text, end = case["text"], 0
    fed = [at for at, segment in zip(released_at(text), segments_of([text]), strict=False) if segment.strip()]
    for index, item in enumerate(case["items"]):
        end = text.index(item, end) + len(item)
        two_words = re.compile(r"\s*\S+\s+\S+\s").match(text, end)
        if two_words:
            assert fed[index] <= two_words.end()


def test_a_blank_line_releases_the_sentence_at_once() -> None:
    assert released_at("One\n\n") == [5]
    assert released_at("One.\r\n\r") == [7]
    assert released_at("> One\n>\n") == [8]


def test_a_line_inside_a_fence_is_released_at_its_end() -> None:
    assert released_at("```py\nx = 1. Y\n```\n") == [6, 15, 19]


def test_a_fence_opener_cannot_hold_a_sentence_back() -> None:
    assert released_at("Text\n```a long info string") == [len("Text\n```a long ")]


UNSEEN = [
    (["It is true.[1]", "The next one is not."], " "),
    (["He works at Acme Inc.", "The firm is big."], " "),
    (["Did it work?", "No.", "It failed.", "See No. 5 of it."], " "),
    (["It took 250 ms.", "The rest was fast."], " "),
    (["Steps: 1. Install it.", "2. Run it.", "3. Stop."], " "),
    (["„Keine Zeit“, sagte sie: „Und keine Lust.“", "Wir gehen am 24. Dezember."], " "),
    (["Il dit : « Bonjour. Ça va ? »", "Elle répond."], " "),
    (["M. Dupont est là.", "Mme. Durand aussi."], " "),
    (["La Sra. Pérez vive en EE.UU.", "El Sr. Gómez no."], " "),
    (["Il sig. Rossi e la dott.ssa Verdi.", "Poi basta."], " "),
    (["O Sr. Silva mora na av. Brasil.", "Ele trabalha."], " "),
    (["Dhr. Jansen kwam bijv. Maandag.", "Hij bleef."], " "),
    (["እንደምን አለህ፧", "መልካም ቀን ይሁንልህ።", "እባክሽ"], ""),
    (["II. The voyage", "World War II.", "Peace came."], "\n\n"),
    (["太好了!", "我们走吧。", "他说：“好。”"], ""),
    (["Lav em։", "Indz dur e gal։"], " "),
    (["Run `npm test.`", "Then stop."], " "),
    (["Great! 🎉🎊 👩🏽\u200d💻", "Next."], " "),
    (["1. **Setup**: do.", "2. **Use**: go."], " "),
    (["Title", "===", "- one", "> two", "```", "a. B", "```", "| c. D |"], "\n"),
]


@pytest.mark.parametrize(("items", "gap"), UNSEEN)
def test_sentences_of_many_kinds_are_told_apart(items: list[str], gap: str) -> None:
    assert items_of(segments_of([gap.join(items)])) == items


def test_a_flushed_scanner_begins_anew() -> None:
    scanner = SentenceScanner()
    assert [*scanner.add("```\nx“"), *scanner.flush()] == ["```", "\nx“"]
    assert [*scanner.add("One. Two"), *scanner.flush()] == ["One.", " Two"]


HARD = {
    "no terminator": "word ",
    "only spaces": " ",
    "only dots": ".",
    "spaced dots": ". ",
    "closing signs": ")",
    "backticks": "`",
    "quotes": "“",
    "blank lines": "\n",
    "abbreviations": "e.g. ",
    "emoji": "🎉",
    "open fence": "```",
    "rules": "- ",
    "quote marks": ">",
    "numbers": "1.",
    "citations": ".[1",
}


class CountingScanner(SentenceScanner):
    """Counts steps and the window that each one sees: the work, whatever the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.widest = 0

    def _step(self, *, final: bool) -> bool:
        self.steps += 1
        self.widest = max(self.widest, len(self._window))
        return super()._step(final=final)


def work_of(text: str) -> tuple[int, int]:
    scanner = CountingScanner()
    for chunk in pieces_of(text, 4):
        scanner.add(chunk)
    return scanner.steps, scanner.widest


@pytest.mark.parametrize("unit", HARD.values(), ids=HARD.keys())
def test_the_work_grows_with_the_text_and_no_faster(unit: str) -> None:
    short, long = unit * (20_000 // len(unit)), unit * (40_000 // len(unit))
    (steps, window), (more_steps, wider_window) = work_of(short), work_of(long)
    assert more_steps <= 2.1 * steps + 20
    # A step looks at most LOOKAHEAD far, and the window that holds it is bounded too.
    assert max(window, wider_window) <= 2048


def test_a_decision_sees_a_fixed_reach_of_text() -> None:
    run = "." * 10_000
    assert sentence_boundaries.run_end(run, 0, "", final=False) == 256
    line = sentence_blocks.read_line_start(" " * 10_000, 0, 0, final=False)
    assert line is not None
    assert line.content == 256
