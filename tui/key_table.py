"""Every key of the app: its id, its keys without settings, and where it acts. Data.

The check of the user's own keys and the hints of the footers rest on it, without any screen being loaded;
`tests/test_key_table.py` holds it against the BINDINGS of screens, panes and app. What a key does is said in
`tui.screens.key_words`.
"""

from __future__ import annotations

from dataclasses import dataclass

# Places. "all": on every screen, also while a text field has the focus. "screen": on every screen. Then the screens by
# name, the panes by name, and "pane": whichever pane has the focus.
PANE_OF = {
    "prompt": "live",
    "text": "live",
    "segments": "live",
    "extracts": "live",
    "stats": "live",
    "raster": "live",
    "preview": "live",
    "lane": "compare",
    "racer": "race",
    "judgement": "race",
    "head": "wire",
    "frames": "wire",
    "detail": "wire",
    "files": "open",
}
SCREENS = ("live", "compare", "race", "wire", "open")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One thing that a key does.

    `keys` are those it has without settings, as they are shown; `fixed` are further ones that no setting changes, and a
    row with no others cannot be changed at all.
    """

    id: str
    keys: tuple[str, ...]
    places: tuple[str, ...]
    fixed: tuple[str, ...] = ()


def _row(identity: str, keys: str, places: str, fixed: str = "") -> KeyRow:
    return KeyRow(identity, tuple(keys.split()), tuple(places.split()), tuple(fixed.split()))


KEY_TABLE: tuple[KeyRow, ...] = (
    _row("prompt.send", "enter", "prompt"),
    _row("prompt.newline", "ctrl+j shift+enter", "prompt"),
    _row("prompt.older", "up", "prompt"),
    _row("prompt.newer", "down", "prompt"),
    _row("prompt.focus", "i", "live"),
    _row("run.cancel", "x", "screen", fixed="ctrl+c"),
    _row("run.leave", "", "all", fixed="escape"),
    _row("run.again", "ctrl+r", "all"),
    _row("run.race", "R", "screen"),
    _row("set.transport", "t", "live"),
    _row("set.model", "m", "live"),
    _row("set.endpoint", "u", "live"),
    _row("set.params", "p", "live"),
    _row("set.buffer", "b", "live compare"),
    _row("set.definitions", "M", "live"),
    _row("screen.live", "l f2", "screen"),
    _row("screen.compare", "c f3", "live wire"),
    _row("screen.wire", "w f4", "live compare race"),
    _row("screen.back", "q", "compare race wire open"),
    _row("view.next", "v", "live stats race wire"),
    _row("view.joints", "|", "live wire"),
    _row("view.zoom", "z", "screen"),
    _row("view.jump", "'", "screen"),
    _row("play.hold", "space", "live compare race wire"),
    _row("play.step", ".", "live compare race wire"),
    _row("play.back", ",", "live compare race wire"),
    _row("play.mark.next", "]", "live compare race wire"),
    _row("play.mark.previous", "[", "live compare race wire"),
    _row("play.faster", ">", "live compare race wire"),
    _row("play.slower", "<", "live compare race wire"),
    _row("play.goto", "ctrl+g", "live compare race wire"),
    _row("rail.step", "right", "raster"),
    _row("rail.back", "left", "raster"),
    _row("rail.mark.next", "shift+right", "raster"),
    _row("rail.mark.previous", "shift+left", "raster"),
    _row("item.source", "enter", "pane"),
    _row("item.copy", "y", "pane"),
    _row("item.copyas", "Y", "live race wire"),
    _row("item.save", "s", "extracts wire"),
    _row("tree.fold", "left", "extracts"),
    _row("tree.unfold", "right", "extracts"),
    _row("find.open", "/ ctrl+f", "live wire"),
    _row("find.next", "n", "live wire"),
    _row("find.previous", "N", "live wire"),
    _row("pane.1", "1", "live wire"),
    _row("pane.2", "2", "live wire"),
    _row("pane.3", "3", "live wire"),
    _row("pane.4", "4", "live wire"),
    _row("pane.5", "5", "live"),
    _row("pane.next", "tab", "screen"),
    _row("pane.previous", "shift+tab", "screen"),
    _row("list.first", "g home", "pane"),
    _row("list.last", "G end", "pane"),
    _row("list.down", "j down", "pane"),
    _row("list.up", "k up", "pane"),
    _row("list.page.down", "pagedown", "pane"),
    _row("list.page.up", "pageup", "pane"),
    _row("list.left", "left", "stats"),
    _row("list.right", "right", "stats"),
    _row("detail.left", "left", "detail"),
    _row("detail.right", "right", "detail"),
    _row("range.down", "shift+down", "frames"),
    _row("range.up", "shift+up", "frames"),
    _row("list.problems", "!", "live wire"),
    _row("wire.filter", "f", "wire"),
    _row("wire.time", "a", "wire"),
    _row("lane.add", "+", "compare race"),
    _row("lane.remove", "-", "compare race"),
    _row("lane.reader", "V", "compare"),
    _row("file.save", "ctrl+s", "all"),
    _row("file.open", "ctrl+o", "all"),
    _row("file.export", "e", "screen"),
    _row("app.help", "? f1", "all"),
    _row("app.palette", "ctrl+p", "all"),
    _row("app.shot", "f8", "all"),
    _row("app.suspend", "ctrl+z", "screen"),
    _row("app.quit", "ctrl+q", "all"),
)
ROWS = {row.id: row for row in KEY_TABLE}


def acts_at(row: KeyRow, place: str) -> bool:
    """Whether a row's keys act on a screen, or in a pane of a screen."""
    screen = PANE_OF.get(place, place)
    here = {"all", "prompt"} if place == "prompt" else {"all", "screen", screen, place}
    if place == "pane" or (place in PANE_OF and place != "prompt"):
        here.add("pane")
    return not here.isdisjoint(row.places)
