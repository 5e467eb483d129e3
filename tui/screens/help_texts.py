"""The words of the help, per pane, and the table of keys. Data only."""

from __future__ import annotations

PANES: dict[str, tuple[str, str]] = {
    "text": (
        "1 text",
        (
            "The answer as it arrives. Thinking and tool calls stand apart behind ▏. Control characters are drawn "
            "as signs (␛ is ESC), so nothing in the text can act on your terminal. The view follows the end while "
            "you are at the end; scroll up and it stays, end follows again. Select with the mouse, ctrl+c copies."
        ),
    ),
    "segments": (
        "2 units",
        (
            "The same text as a buffer releases it: word, sentence or line (b changes it, also after the run). "
            "at: when the unit came out, seconds since the run began. held: how long the buffer kept it after its "
            "first character had arrived; this is the price of the mode. The last row is what is held now."
        ),
    ),
    "extracts": (
        "3 extracts",
        (
            "Code blocks by the rules of CommonMark, JSON objects and arrays wherever they stand in the text, and tool "
            "calls put together from their pieces. What still grows is shown as open."
        ),
    ),
    "stats": (
        "4 stats",
        (
            "TTFT: from the request being written to the first generated text of any kind (thinking counts). "
            "TTFO: to the first visible text. TTFB: to the first byte of the body. "
            "gap p50, max: time between pieces of text, the median and the longest. "
            "tok/s: (tokens - 1) / (last - first text); ~ means tokens were counted in chunks, for want of usage. "
            "stalls: gaps above 250 ms and 5 times the run's own median. n/a: not defined yet."
        ),
    ),
    "raster": (
        "5 arrivals",
        (
            "One mark per arrival, from left to right: the taller, the more came in that slice of time. ! marks a "
            "stall. The line under it says what the arrivals show: streams, comes in batches, or one lump."
        ),
    ),
    "preview": ("1 text", "The answer drawn as Markdown. Links are shown, never opened. v returns to the plain text."),
    "prompt": (
        "prompt",
        "enter sends, ctrl+j begins a new line. A pasted newline is text. esc leaves the prompt.",
    ),
}

KEYS: tuple[tuple[str, str, str], ...] = (
    ("prompt.send", "enter", "send the prompt; the text pane gets the focus"),
    ("prompt.newline", "ctrl+j", "new line in the prompt"),
    ("prompt.focus", "i", "go to the prompt"),
    ("run.cancel", "x, ctrl+c, esc", "cancel the run; ctrl+c with a selection copies instead"),
    ("run.again", "ctrl+r", "the same request again"),
    ("set.transport", "t", "transport of the next run: SSE, WebSocket, direct"),
    ("set.model", "m", "model of the next run"),
    ("set.definitions", "M", "definition set of the numbers; shows what changes"),
    ("screen.compare", "c, F3", "compare buffer modes on one clock"),
    ("view.next", "v", "text: plain or Markdown; numbers: values or histogram"),
    ("view.joints", "|", "where frames and reads join in the text"),
    ("view.zoom", "z", "the focused pane alone, and back"),
    ("screen.live", "l", "follow the end of the focused pane"),
    ("item.source", "enter", "where it comes from: a unit or extract in the text, a number's formula"),
    ("item.copy", "y", "copy the text, unit, extract or numbers"),
    ("item.save", "s", "save an extract to a file, after showing where"),
    ("tree.fold", "left, right", "fold, unfold a JSON value"),
    ("set.buffer", "b", "buffer mode: word, sentence, line; re-derives at once"),
    ("pane.1", "1 2 3 4 5", "focus a pane; 5 is the arrivals"),
    ("pane.next", "tab, shift+tab", "next, previous pane"),
    ("list.first", "g, home", "first row"),
    ("list.last", "G, end", "last row, and follow the end"),
    ("list.down", "j, k", "down, up one row"),
    ("app.help", "?, F1", "help for the focused pane"),
    ("app.palette", "ctrl+p", "all commands"),
    ("app.shot", "F8", "save the screen as SVG"),
    ("app.suspend", "ctrl+z", "to the shell, fg returns; in the prompt: undo"),
    ("app.quit", "ctrl+q", "quit"),
)
