"""The words of the Wire screen: empty table, footer, titles, what is copied. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.screen_sizes import Fit

if TYPE_CHECKING:
    from tui.playback import Playback

NO_FRAMES = "No frames. They appear here as they are read, also the ones that carry no text."
NO_PLACE = "This row has no text of its own: it stands nowhere on Live."
COPIES: tuple[tuple[str, str], ...] = (
    ("data", "the data of each frame, one after another"),
    ("raw", "as it came on the wire, framing included"),
    ("text", "the text that the frames brought"),
    ("jsonl", "one JSON object a row: frame, time, read, byte, event, data"),
    ("curl", "the request as a command; keys stand as names of variables"),
    ("card", "the whole run in 12 lines of text for a chat"),
)
SUFFIXES = {"data": ".txt", "raw": ".sse", "text": ".txt", "jsonl": ".jsonl"}
NOTHING_OF_IT = "These rows have none of that."
NO_ROW = "There is no row to save."


def no_match(count: int, words: str) -> str:
    """What stands in a table that a filter has emptied; the key stands there by its id."""
    return f"0 of {count} frames match {words}. {{wire.filter}} changes it, esc in the bar clears it."


def of_rows(rows: list[int | None]) -> str:
    """Behind "Copied 359 characters": ` (frame 7)`, ` (frame 1-63)`, ` (3 rows)`."""
    frames = [row for row in rows if row is not None]
    if len(rows) == 1:
        return f" (frame {frames[0]})" if frames else " (1 row without a number)"
    if not frames:
        return f" ({len(rows)} rows)"
    return f" (frame {frames[0]}-{frames[-1]})" if frames[0] != frames[-1] else f" (frame {frames[0]})"


def position_words(playback: Playback) -> str:
    """Where the view is held, at the right of the arrivals; empty where it follows."""
    if playback.position is None:
        return ""
    return f"▲ {playback.position.at:.2f} s" if playback.has_times else f"▲ {playback.position.frames} fr"


def footer_hints(fit: Fit, held: list[tuple[str, str]], *, problems: int) -> list[tuple[str, str]]:
    """The keys of the footer, the most useful first; `held` are those of a view that is held."""
    if fit.is_tiny:
        return [("ctrl+q", "quit")]
    if fit.is_small:
        return [("tab", "pane"), ("q", "back"), ("f", "filter"), ("/", "find"), ("?", "help")]
    first = [("f", "filter"), ("a", "time"), ("v", "detail")]
    odd = ("!", f"problems {problems}")
    if not fit.is_wide:
        return [*(held or first), odd, ("] [", "marks"), ("q", "back"), ("?", "help")]
    copies = [("y Y", "copy")] if held else [("enter", "place"), ("y Y", "copy")]
    middle = held or [("|", "reads"), ("/", "find")]
    return [*first, *middle, ("] [", "marks"), odd, *copies, ("q", "back"), ("?", "help")]
