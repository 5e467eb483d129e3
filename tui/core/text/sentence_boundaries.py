"""Whether a sentence ends at a terminator: one decision over a fixed reach of text around it.

Pure functions, no state: `sentence_scanner` walks through the stream and asks here. The answer is a
position, PASS, or WAIT when the text so far cannot tell. Rules 1 to 7 of the sentence rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from tui.core.text import sentence_rules as rules
from tui.core.text.sentence_blocks import read_line_start

PASS = -1
WAIT = -2

_TERMINATOR_CLASS = f"[{re.escape(rules.TERMINATORS)}]"
_RUN_TAIL = re.compile(f"[{re.escape(rules.TERMINATORS + rules.CLOSERS)}]*")
# Inside „ the sign “ closes, and inside » the sign « does.
_RUN_TAIL_REVERSED = re.compile(f"[{re.escape(rules.TERMINATORS + rules.CLOSERS)}“«]*")
_SPACED_DOTS = re.compile(r"\.(?:[ \u00a0]\.(?![.\w]))+")
_LAST_TERMINATOR = re.compile(f"{_TERMINATOR_CLASS}(?=[^{re.escape(rules.TERMINATORS)}]*\\Z)")
_PLAIN = re.compile(r"[.?!…] ([^\W\d_])")
_ONLY_DOTS = re.compile(r"[.…]+")
_CITATION = re.compile(r"(?:\[\^?\w{1,12}\])+|[⁰¹²³⁴-⁹]+|【[^】\s]{1,40}】")
_CITATION_SO_FAR = re.compile(r"(?:\[\^?\w{1,12}\])*\[\^?\w{0,12}|【[^】\s]{0,40}")
_EMOJI = re.compile(f"(?:[ \\t]*(?:[{rules.EMOJI_BASES}][{rules.EMOJI_JOINERS}]*|[0-9#*]\ufe0f?\u20e3))+")
_KEYCAP_SO_FAR = re.compile("[0-9#*]\ufe0f?")
_CJK = re.compile(f"[{rules.CJK_LETTERS}]")
_BLANKS = re.compile(r"[^\S\r\n]*")
_LINE_BREAK = re.compile(r"\r\n?|\n")
_LEAD = re.compile(
    f"[{re.escape(rules.OPENERS)}]*(?:[-–—―]+[ \\t\u00a0]*[{re.escape(rules.OPENERS)}]*)?",
)
_WORD = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile(r"[IVXLC]+")
_LAST_PART = re.compile(r"[^\s/\\()\[\]{}\"'’“”„«»‹›*_~`|,;:!?…–—―-]+\Z")
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_LETTER_BEFORE = re.compile(r"(?:(?<=\s)|^)([^\W\d_])\.\s?\Z")


class _Ending(Enum):
    """How a word before a dot stands to the end of a sentence."""

    FREE = auto()
    NEVER = auto()
    BEFORE_OPENER = auto()
    INITIAL = auto()
    TO_NUMBER = auto()
    ORDINAL = auto()
    LETTER = auto()


@dataclass(slots=True)
class Place:
    """Where a decision stands: the text, the start of its segment in it, and the state of the line."""

    text: str
    segment_start: int
    quotes: int
    final: bool


def run_end(text: str, at: int, nesting: str, *, final: bool) -> int:
    """The end of the run of terminators and closing signs at `at`, or WAIT if it may go on."""
    stop = min(len(text), at + rules.LOOKAHEAD)
    spaced = _SPACED_DOTS.match(text, at, stop)
    end = spaced.end() if spaced else at + 1
    tail = _RUN_TAIL_REVERSED if nesting and nesting[-1] in "„»" else _RUN_TAIL
    end = tail.match(text, end, stop).end()  # type: ignore[union-attr]  # matches the empty text too
    known = final or len(text) >= at + rules.LOOKAHEAD
    if not known and (end == stop or (text[at] == "." and text[end] in " \u00a0" and end + 2 > stop)):
        return WAIT
    return end


def judge_plain(text: str, segment_start: int, at: int) -> int | None:
    """The verdict on a lone sign before one space and a letter, which most are; None if it takes a judge."""
    plain = _PLAIN.match(text, at)
    if plain is None:
        return None
    if plain[1].islower():
        return PASS
    return at + 1 if _ending_before(text, segment_start, at, at + 1) is _Ending.FREE else None


def judge(place: Place, at: int, end: int, *, double_quote_open: bool) -> int:
    """Where the sentence ends whose terminators and closing signs are `at` to `end`; or PASS or WAIT."""
    text = place.text
    if end == at + rules.LOOKAHEAD:
        return PASS
    spaced = _SPACED_DOTS.match(text, at, end)
    if spaced is not None and text.count(".", at, spaced.end()) == 3:
        return PASS
    last = _LAST_TERMINATOR.search(text, at, end)
    last_at = last.start() if last else at
    if text[last_at] in rules.WIDE_TERMINATORS:
        return _judge_wide(place, at, last_at, end, double_quote_open=double_quote_open)
    if text[at - 1 : at] in {"[", "(", "（"} and at > place.segment_start and _is_omission(text, at, end):
        return PASS
    return _judge_narrow(place, at, last_at, end)


def _is_omission(text: str, at: int, end: int) -> bool:
    """Whether `[...]` or `(…)` stands here, which marks left-out words and ends nothing."""
    dots = _ONLY_DOTS.match(text, at, end)
    return dots is not None and dots.end() < end and text[dots.end()] in "])）"


def _stop(place: Place, at: int) -> tuple[int, bool]:
    """The end of the reach of a decision at `at`, and whether the text there can still grow."""
    stop = at + rules.LOOKAHEAD
    return min(len(place.text), stop), not place.final and len(place.text) < stop


def _judge_wide(place: Place, at: int, last_at: int, end: int, *, double_quote_open: bool) -> int:
    text = place.text
    if not double_quote_open:
        quote = text.find('"', last_at, end)
        end = quote if quote > 0 else end  # with no quote open it opens the next sentence
    stop, grows = _stop(place, at)
    after = _past_emoji(text, end, stop)
    if after == stop:
        return WAIT if grows else after
    if grows and _may_be_keycap(text, after, stop):
        return WAIT
    if text[last_at] == "．" and text[after].isdecimal():
        return PASS
    closes_quote = text[end - 1] in rules.QUOTE_CLOSERS + ")）】》"
    if closes_quote and after == end and not text[after].isspace() and text[after] not in rules.OPENERS:
        return PASS
    next_at = _BLANKS.match(text, after, stop).end()  # type: ignore[union-attr]  # matches the empty text too
    if grows and (next_at == stop or _may_be_keycap(text, next_at, stop)):
        return WAIT
    return after


def _judge_narrow(place: Place, at: int, last_at: int, end: int) -> int:
    text = place.text
    stop, grows = _stop(place, at)
    cited = _CITATION.match(text, end, stop)
    after = _past_emoji(text, cited.end() if cited else end, stop)
    if after == stop:
        return WAIT if grows else after
    if not text[after].isspace():
        return _judge_glued(text, last_at, end, after, stop, grows=grows)
    word_at = _BLANKS.match(text, after, stop).end()  # type: ignore[union-attr]  # matches the empty text too
    if word_at < stop and text[word_at] in "\r\n":
        return _judge_over_break(place, at, end, after, word_at)
    return _judge_word(place, (at, end), after, word_at, reach_from=at)


def _judge_glued(text: str, last_at: int, end: int, after: int, stop: int, *, grows: bool) -> int:
    if text[last_at] in "!?" and last_at == end - 1 and _CJK.match(text, after):
        return after
    if grows and (_CITATION_SO_FAR.fullmatch(text, after, stop) or _may_be_keycap(text, after, stop)):
        return WAIT
    return PASS


def _judge_over_break(place: Place, at: int, end: int, after: int, break_at: int) -> int:
    """The decision when the line ends after the terminator: a block ends the sentence, a soft wrap may not."""
    text = place.text
    line_break = _LINE_BREAK.match(text, break_at)
    line_at = line_break.end() if line_break else break_at
    if line_at == len(text) and not place.final and text[line_at - 1] == "\r":
        return WAIT
    line = read_line_start(text, line_at, place.quotes, final=place.final)
    if line is None:
        return WAIT
    if line.is_block or line.content == line_at + rules.LOOKAHEAD or text[line.content : line.content + 1] in "\r\n":
        return after
    return _judge_word(place, (at, end), after, line.content, reach_from=line_at)


def _judge_word(place: Place, run: tuple[int, int], after: int, word_at: int, *, reach_from: int) -> int:
    text = place.text
    at, end = run
    stop, grows = _stop(place, reach_from)
    lead_at = _LEAD.match(text, word_at, stop).end() if word_at < stop else stop  # type: ignore[union-attr]  # "" too
    if lead_at >= stop or (grows and _may_be_keycap(text, word_at, stop)):
        return WAIT if grows else after
    if text[end - 1] in rules.QUOTE_CLOSERS and end > at + 1 and text[word_at] == "(":
        return PASS
    lead = text[lead_at]
    if lead.islower():
        return PASS
    ending = _ending_before(text, place.segment_start, at, end)
    if ending is _Ending.FREE:
        return after
    return _judge_abbreviation(ending, text, lead_at, stop, after, grows=grows)


def _judge_abbreviation(ending: _Ending, text: str, lead_at: int, stop: int, after: int, *, grows: bool) -> int:
    if ending is _Ending.NEVER:
        return PASS
    if text[lead_at].isdecimal():
        return after if ending in (_Ending.ORDINAL, _Ending.LETTER) else PASS
    word = _WORD.match(text, lead_at, stop)
    if word is None:
        return PASS if ending in (_Ending.INITIAL, _Ending.BEFORE_OPENER) else after
    if word.end() == stop and grows:
        return WAIT
    has_dot = text[word.end() : word.end() + 1] == "."
    return after if _ends_before(ending, word[0], has_dot=has_dot) else PASS


def _ends_before(ending: _Ending, word: str, *, has_dot: bool) -> bool:
    lowered = word.lower()
    if has_dot and len(word) == 1 and ending is not _Ending.ORDINAL:
        return False
    if ending is _Ending.LETTER:
        return True
    if ending is _Ending.TO_NUMBER:
        return _ROMAN.fullmatch(word) is None or word == "I"
    if ending is _Ending.ORDINAL:
        return lowered not in rules.GERMAN_AFTER_ORDINAL
    if ending is _Ending.INITIAL and lowered in rules.NAME_PARTICLES:
        return False
    return lowered in rules.SENTENCE_OPENERS


def _ending_before(text: str, segment_start: int, at: int, end: int) -> _Ending:
    """What the word before the terminator at `at` says; FREE for all but a lone dot or a name like Yahoo!."""
    if text[at] not in ".!" or text[at + 1 : end].strip(rules.CLOSERS):
        return _Ending.FREE
    left = text[max(segment_start, at - rules.LOOKBEHIND) : at]
    found = _LAST_PART.search(left, left.rfind(" ") + 1)
    if found is None:
        return _Ending.FREE
    if text[at] == "!":
        return _Ending.BEFORE_OPENER if found[0].lower() in rules.NAMES_WITH_MARK else _Ending.FREE
    before = left[: found.start()]
    if _ROMAN.fullmatch(found[0]) and not before.strip(rules.OPENERS + " \t\r\n"):
        return _Ending.NEVER  # the number of a heading: "II. The voyage"
    return _ending_of_letter(found[0], before) if len(found[0]) == 1 else _ending_of_word(found[0].lower(), before)


def _ending_of_word(word: str, before: str) -> _Ending:
    if word in rules.UNITS_TOO and before.rstrip()[-1:].isdecimal():
        return _Ending.FREE
    if word in rules.NEVER_ENDS:
        return _Ending.NEVER
    if word in rules.ENDS_BEFORE_OPENER or _DOTTED.fullmatch(word):
        return _Ending.BEFORE_OPENER
    if word in rules.POINTS_TO_NUMBER:
        return _Ending.TO_NUMBER
    return _Ending.ORDINAL if word.isdecimal() else _Ending.FREE


def _ending_of_letter(letter: str, before: str) -> _Ending:
    earlier = _LETTER_BEFORE.search(before)
    if earlier is not None and f"{earlier[1]}.{letter}".lower() in rules.NEVER_ENDS:
        return _Ending.NEVER
    if letter.isupper():
        return _Ending.INITIAL if before.strip(rules.OPENERS + " \t\r\n") else _Ending.NEVER
    ending = _ending_of_word(letter.lower(), before)
    return _Ending.LETTER if ending is _Ending.FREE and letter.islower() else ending


def _past_emoji(text: str, end: int, stop: int) -> int:
    emoji = _EMOJI.match(text, end, stop)
    return emoji.end() if emoji else end


def _may_be_keycap(text: str, at: int, stop: int) -> bool:
    return at < stop and _KEYCAP_SO_FAR.fullmatch(text, at, stop) is not None


def nesting_through(nesting: str, closing: str) -> str:
    """The open signs after a run of closing signs; `nesting` holds the open ones, outermost first."""
    for sign in closing if nesting else "":
        nesting = _closed(nesting, sign)
    return nesting


def _closed(nesting: str, sign: str) -> str:
    """The open signs after a closing one: back to the nearest that it closes, or unchanged."""
    found = max(nesting.rfind(opener) for opener in rules.QUOTE_PAIRS.get(sign, "\0"))
    return nesting if found < 0 else nesting[:found]


def nesting_past(nesting: str, sign: str, before: str) -> str:
    """The open signs after `sign`, which some languages use to open and others to close; `before` is the text."""
    follows_text = bool(before) and (before[-1].isalnum() or before[-1] in rules.TERMINATORS)
    if sign in "“«":
        reverse = "„" if sign == "“" else "»"
        if reverse in nesting:
            return nesting[: nesting.rfind(reverse)]
        return _closed(nesting, sign) if sign in nesting and follows_text else nesting + sign
    if sign in rules.NESTING_OPENERS:
        return nesting + sign
    if sign == "»" and "«" not in nesting and "»" not in nesting and not follows_text:
        return nesting + sign
    return _closed(nesting, sign)
