"""What each key does, in words: by the id of its binding, and how keys are called. Data only."""

from __future__ import annotations

ACTIONS: dict[str, str] = {
    "prompt.send": "send the prompt; the text pane gets the focus",
    "prompt.newline": "a new line in the prompt",
    "prompt.focus": "go to the prompt",
    "run.cancel": "cancel the run; what came is kept",
    "run.leave": "one thing: close what is open, else cancel the run, else leave the prompt",
    "run.again": "the same request again",
    "set.transport": "transport of the next run: SSE, WebSocket, direct",
    "set.model": "model of the next run",
    "set.buffer": "buffer mode: word, sentence, line; re-derives at once",
    "set.definitions": "definition set of the numbers; shows what changes",
    "screen.compare": "compare buffer modes on one clock",
    "screen.live": "follow the end of the focused pane",
    "screen.back": "back to the screen before",
    "view.next": "the other view of the same thing",
    "view.joints": "where frames and reads join in the text",
    "view.zoom": "the focused pane alone, and back",
    "pane.1": "focus the text",
    "pane.2": "focus the units",
    "pane.3": "focus the extracts",
    "pane.4": "focus the numbers",
    "pane.5": "focus the arrivals",
    "pane.next": "the next pane",
    "pane.previous": "the pane before",
    "list.first": "the first row",
    "list.last": "the last row, and follow the end",
    "list.up": "one row up",
    "list.down": "one row down",
    "list.left": "the number before",
    "list.right": "the next number",
    "list.page.up": "one page up",
    "list.page.down": "one page down",
    "item.source": "where it comes from",
    "item.copy": "copy it; a line says how much",
    "item.save": "save the extract to a file, after showing where",
    "tree.fold": "fold a JSON value",
    "tree.unfold": "unfold a JSON value",
    "lane.add": "one lane more, four at most",
    "lane.remove": "the focused lane away, two are left",
    "lane.reader": "who reads: a voice, a reader, your own speed",
    "file.export": "the table as Markdown to the clipboard",
    "app.help": "this help",
    "app.help.all": "this help",
    "app.palette": "all commands",
    "app.shot": "save the screen as SVG",
    "app.suspend": "to the shell, fg returns; in the prompt: undo",
    "app.quit": "quit",
    "help.close": "close the help",
    "pick.close": "close without a choice",
    "ask.close": "close without an answer",
    "save.close": "close, nothing is saved",
    "metric.close": "close",
    "metric.copy": "copy all of it",
}
ACTIONS_IN: dict[tuple[str, str], str] = {
    ("text", "item.copy"): "copy the whole text",
    ("text", "view.next"): "the answer drawn as Markdown, once it has ended",
    ("preview", "view.next"): "back to the plain text",
    ("segments", "item.source"): "show in the text where the unit comes from",
    ("segments", "item.copy"): "copy the unit",
    ("extracts", "item.source"): "show in the text where the extract comes from",
    ("extracts", "item.copy"): "copy the extract",
    ("stats", "item.source"): "formula, moments and source of the number",
    ("stats", "item.copy"): "copy all numbers of the set, or the histogram",
    ("stats", "view.next"): "numbers, or a histogram of the gaps",
    ("stats", "list.first"): "the first number",
    ("stats", "list.last"): "the last number",
    ("lane", "pane.next"): "the next lane",
    ("lane", "pane.previous"): "the lane before",
    ("lane", "set.buffer"): "mode of the focused lane; re-derives at once",
    ("lane", "view.zoom"): "the focused lane on the whole width, and back",
    ("lane", "screen.live"): "the Live screen",
}
"""Where an action means something closer in one pane: by (help of the pane, id)."""
FIXED_KEYS: tuple[tuple[str, str, str], ...] = (
    ("run.cancel", "ctrl+c", "copy the selection; without one cancel the run"),
    ("app.palette", "ctrl+p", ACTIONS["app.palette"]),
)
"""Keys that Textual binds itself, without an id: (id of the design, key, words)."""

_NAMES = {
    "question_mark": "?",
    "vertical_line": "|",
    "plus": "+",
    "minus": "-",
    "apostrophe": "'",
    "slash": "/",
    "comma": ",",
    "full_stop": ".",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "esc",
    "pageup": "page up",
    "pagedown": "page down",
}


def key_name(key: str) -> str:
    """A key as people write it: `?` for `question_mark`, `F1` for `f1`."""
    *modifiers, last = key.split("+")
    named = _NAMES.get(last, last)
    if len(last) > 1 and last[0] == "f" and last[1:].isdigit():
        named = last.upper()
    return "+".join([*modifiers, named])
