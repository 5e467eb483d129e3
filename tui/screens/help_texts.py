"""The words of the help, per pane and per box. Data only."""

from __future__ import annotations

from typing import NamedTuple


class Help(NamedTuple):
    """What a pane is and what its numbers mean; `terms` are (word, meaning) pairs."""

    title: str
    text: str
    terms: tuple[tuple[str, str], ...] = ()


_MOVING = "Arrows, page up and page down move."
_COMPARE = Help(
    "compare",
    "The same capture as several buffers would release it, on one clock. A bar is full where a unit came out, light "
    "where text was held, empty where there was nothing to hold; the band is a stall of the stream itself. Bold is the "
    "best of a column, underlined the worst. A voice cannot speak raw pieces and single words, so those rows are grey. "
    "While the view is held, the texts are those of the moment at ▼; the table is that of the whole run.",
    (
        ("first unit", "from the request being written to the first unit"),
        ("after raw", "from the first text to the first unit: what the mode costs at the start"),
        ("hold", "a unit out minus the arrival of its first character; the median, and the longest"),
        ("units", "how many came out"),
        ("longest silence", "between two releases"),
        ("starts", "when the reader has the first unit"),
        ("waits", "how long the reader had nothing left to read"),
        ("range", "from three runs of the same request on numbers are medians, with the range under them"),
    ),
)

_RACE = Help(
    "race",
    "The same prompt sent over several ways at once. Each row begins at its lane's own request, so shapes can be laid "
    "over one another: fine rain is a stream, one block at the right end an answer that something held back. Answers "
    "differ between lanes; shapes are compared, not texts. enter on the verdict lists what it rests on.",
    (
        ("▒", "waiting for the first text; ░ before it is the time that connecting took"),
        ("▂▄▆█", "text, the taller the more came in that slice of time"),
        ("!", "a stall: longer than 250 ms and than 5 times the usual gap"),
        ("✓ ✗", "the end, proven or not"),
        ("first", "from the request being sent to the first visible text"),
        ("reads", "network reads that brought the answer"),
        ("steady, LUMP, batches", "how the lane streams; few: too few frames to tell"),
        ("wire bytes per character", "what the transport and the gateway put around the text, or compression saves"),
        (
            "v: one text",
            "the rows by output offset: the taller, the later than the first lane there; ≠ says another thing",
        ),
        ("later, parts", "behind the first lane at the end of the common text; the character where the texts part"),
        ("requests sent apart", "shown above 5 ms: how much later the last request was sent than the first"),
        ("shows, points to", "what was seen, and what would explain it; CANNOT TELL is an answer too"),
        ("identity", "a lane that asks for an answer without compression; the others ask as most clients do"),
    ),
)

_WIRE = Help(
    "wire",
    "Every frame as it came, also those that carry no text. Rows with : are no frames: comments, keep-alives, ignored "
    "lines, blocks without data, seams between connections; they are counted but have no number. shift and arrows span "
    f"a range to copy. {_MOVING}",
    (
        ("+gap ms", "time since the row before; a changes it to seconds since the start, or the clock"),
        ("gap bar", "on a log scale: one cell is the run's median gap, ten are a stall; ! is a stall of the text"),
        ("read", "the network read that completed the row; ┆ the same read as the row above"),
        ("byte", "its size on the wire, framing included"),
        ("kind", "text, thinking, tool 0, usage, finish, role, end, comment ..."),
        ("VALID", "with this frame the arguments of the tool call are whole JSON"),
        ("▒", "this row comes after the moment at which the view is held, stepped or played"),
        ("◄ trap", "legal, but it breaks other parsers: the detail says why, the caret ▲▲ shows where"),
        ("◄ problem", "an error, a frame that is no JSON, or a cut end"),
        ("filter words", "all must hold; - before a word turns it round"),
        ("kind: event:", "kind:tool is a beginning, event:chunk a whole name, event:response.* a beginning"),
        ("gap> size> at>", "with >, >=, <, <=, =: gap>500ms, size>1k, at<2s"),
        ("read: frame:", "read:3, frame:7-9"),
        ("trap, problem", "marked rows; other words, or words in quotes, are text on the wire; /regex/i is a pattern"),
    ),
)

PANES: dict[str, Help] = {
    "text": Help(
        "1 text",
        "The answer as it arrives. Thinking and tool calls stand apart behind ▏. Control characters are drawn as signs "
        "(␛ is ESC), so nothing in the text can act on your terminal. The view follows the end while you are at the "
        "end; scroll up and it stays, end follows again. Select with the mouse, ctrl+c copies.",
        (
            ("char", "characters (code points) of the visible text so far"),
            ("frames", "events of the stream so far, also those that carry no text"),
            ("yellow", "this piece came after 3 to 5 times the run's median gap"),
            ("orange", "after more than 250 ms and 5 times the median: a stall"),
            ("⟨+0.9 s⟩", "how long that stall was; no part of the text, never copied, never searched"),
            ("| and ┆", "with | on: a frame ends here; ┆ where one network read brought several frames"),
        ),
    ),
    "segments": Help(
        "2 units",
        "The same text as a buffer releases it: word, sentence or line (b changes it, also after the run). The last "
        f"row is what is held now. {_MOVING}",
        (
            ("at", "when the unit came out, in seconds since the request was sent"),
            ("held", "how long the buffer kept it after its first character had arrived: the price of the mode"),
            ("⟨flushed⟩", "only the end of the text released it: it was never complete by its own rule"),
        ),
    ),
    "extracts": Help(
        "3 extracts",
        "Code blocks by the rules of CommonMark, JSON objects and arrays wherever they stand in the text, and tool "
        f"calls put together from their pieces. What still grows is shown as open. {_MOVING}",
        (
            ("code, json, tools", "how many of each were found, the open one included"),
            ("lines", "of a code block"),
            ("char 12-80", "where in the visible text a value stands"),
            ("VALID", "the arguments of a tool call are whole JSON, and from which frame on"),
            ("NOT VALID", "they are not; at which character and why"),
        ),
    ),
    "stats": Help(
        "4 stats",
        "Enter on a number shows its formula, the moments it rests on and what other definition sets say. The first "
        "two rows keep their place in every set. n/a: not defined for this run, at least not yet; never 0 for that. "
        "~: tokens were counted in chunks, for want of usage. stamps ±: how late a time stamp may be at worst.",
    ),
    "raster": Help(
        "5 arrivals",
        "One mark per arrival, from left to right: the taller, the more came in that slice of time. The line under it "
        "says what the arrivals show: streams, comes in batches, or one lump; enter lists what that rests on. Where "
        "the view is held, what comes after is dim; a click or a drag goes to another moment.",
        (
            ("▲ t", "the moment that all panes show while the view is held"),
            ("!", "a stall: longer than 250 ms and than 5 times the usual gap"),
            ("┴ first token", "when the first generated text came"),
            ("frames", "events of the stream; reads is how many network reads brought them"),
            ("gap p50", "the median time between two pieces of text"),
        ),
    ),
    "preview": Help("1 text", "The answer drawn as Markdown. Links are shown, never opened."),
    "prompt": Help(
        "prompt",
        "Enter sends. A pasted newline is text and never sends. Letters are text here: esc leaves the prompt, and then "
        "the keys of the screen act; while it is not in use the coach line may stand in its place. At the right stands "
        "where the next run goes. Prompts that were sent are kept for the next start, in a file that only you can "
        "read; one that holds a key is not. ctrl+p, run: clear history forgets them.",
    ),
    "find-bar": Help(
        "find",
        "Finds in the pane that had the focus, and goes with the focus to another one. Without a capital letter the "
        "case does not matter. Marks of the app, such as those of a stall, are no text and are never found. Enter goes "
        "to the pane, where the next place and the one before have their keys; esc takes bar and marks away.",
        (
            (
                "3 of 17",
                "the place that is shown, of all; + while it still looks, or where there are more than it counts",
            ),
        ),
    ),
    "lane": _COMPARE,
    "racer": _RACE,
    "judgement": _RACE,
    "frames": _WIRE,
    "detail": Help(
        "frame",
        "The bytes of one frame: as JSON laid out, raw with its fields and line ends, or hex. The point is one "
        "character, the same in every view: below stand its code point and its bytes. ▲▲ is under what a trap or a "
        "problem means.",
        (
            ("byte 12..40", "where the frame lies among all bytes of the run, counted from 0"),
            ("read", "the network read that completed it, its size and time, and the frames that came with it"),
            ("┆", "another network read begins here (| shows all of them)"),
            ("⟨c3┆a9⟩", "a character whose bytes came in two reads; it follows behind"),
            ("␊ ␍", "line feed and carriage return, as they came"),
        ),
    ),
    "files": Help(
        "open",
        "The recordings of a folder, the newest first: captures, HAR files, logs of curl and ts. They are read one "
        f"after another while the list is there already; what is no recording is left out. {_MOVING}",
        (
            ("outcome", "how the run ended; of a log that does not say it, what its frames prove"),
            ("damaged", "the file was cut, or a line of it is not what was written; what stands before is shown"),
            ("model", "the one that answered, else the one that was asked for"),
            ("TTFT", "from the request to the first generated text; n/a where the file has no times"),
            ("length", "the seconds of the run; char the characters of its text, frames the events of its stream"),
        ),
    ),
    "head": Help(
        "head",
        "The response head: status, type, and the headers that can hold a stream back or show who stands between. "
        "✓ is good for streaming, ◄ worth a look; enter says why, and lists all headers.",
    ),
    "filter": Help(
        "filter",
        "Words that must all hold of a row; enter takes them, esc clears them and closes the bar. What is wrong with "
        "a word is said beside it.",
        _WIRE.terms[-5:],
    ),
    "oddities": Help(
        "problems",
        "Everything odd about the run in one list. A problem ended it; a remark is odd but harmless; a stall is a gap "
        "above 250 ms and 5 times the median; a trap is legal but breaks other people's parsers. Under each stands "
        "what to do about it.",
    ),
    "heads": Help("head", "What each header means for streaming; headers without a sentence are listed as they came."),
    "metric": Help(
        "a number",
        "Value, formula, the moments it rests on with their frames, and the same number by the other definition sets: "
        "by how much each differs, and in whose words.",
    ),
}
"""By the id of the widget that has the focus; of a row of equal ones without its number."""

SCREENS: dict[str, Help] = {
    "LiveScreen": PANES["text"],
    "CompareScreen": _COMPARE,
    "RaceScreen": _RACE,
    "RaceForm": Help(
        "race",
        "A row is a lane: left and right choose its way, the line under it is the address that is asked. + adds a lane "
        "for the hop behind the gateway (its URL), for a profile, or for another model; - takes the focused one away. "
        "Every lane is a real request: the last line says how many are sent.",
    ),
    "MetricScreen": PANES["metric"],
    "WireScreen": _WIRE,
    "OpenScreen": PANES["files"],
    "OdditiesScreen": PANES["oddities"],
    "HeadScreen": PANES["heads"],
    "PickScreen": Help("a list", "Arrows move, enter chooses."),
    "AskScreen": Help("a question", "Type the answer; enter takes it. What is wrong with it is said under the line."),
    "EndpointForm": Help(
        "endpoint",
        "Where the next runs go. One URL is enough: the three routes that follow from it stand under it, that of the "
        "chosen transport marked. Enter asks the endpoint first (its health, or its list of models) and saves what "
        "answers well; what does not is said, and a second enter saves it all the same. A key is sent only from its "
        "variable or file, and never to another address than the one it was given for.",
        (
            ("direct", "an OpenAI-compatible server; sends OPENAI_API_KEY"),
            ("SSE, WS", "a streamscope gateway; sends STREAMSCOPE_TOKEN"),
            ("SSE", "also any other whole path that streams; sends only what --header names"),
            ("dialect", "how events are read; auto finds out from the first ones"),
        ),
    ),
    "ParamsForm": Help(
        "for the next run",
        "What the next runs ask of the model beside the prompt. What is set stands in the prompt line. An empty field "
        "is not sent, so that the server's own value holds.",
    ),
    "JumpOverlay": Help("jump", "A letter stands on every place that can have the focus. The next letter goes there."),
    "SaveExtract": Help(
        "save", "Enter writes the file into the current folder. The whole path is shown; nothing is overwritten."
    ),
    "Palette": Help("palette", "Type a part of a name; arrows move, enter does it. Names are group: action."),
}
"""By the class of a screen, for where no pane of it has the focus."""


def pane_name(widget_id: str) -> str:
    """The name of a pane's help: `lane` for `lane-2`."""
    head, _, number = widget_id.rpartition("-")
    return head if head and number.isdigit() else widget_id
