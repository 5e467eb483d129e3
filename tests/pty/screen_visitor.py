"""Goes to places of the app by keys and notes which marks of hostile texts are drawn there."""

from __future__ import annotations

import re

from tests.pty.hostile_texts import HostileTexts, canary
from tests.pty.terminal import Terminal

PAGE_DOWN = "\x1b[6~"
SAYS_FRAMES = "\x1b[?2026;2$y"  # a terminal that knows whole frames; then the app says where one ends
_FRAME_END = b"\x1b[?2026l"
_MOST_PAGES = 60  # of a place, and once more from its top
_MARK = re.compile(r"[a-z]{2}[0-9]{3}q")
_NO_TEXT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|⟨\+[0-9.]+ s⟩")  # a busy machine stalls in the middle of a mark too


class Visitor:
    """What was drawn since the last arrival counts for the place that is visited."""

    def __init__(self, terminal: Terminal, texts: HostileTexts) -> None:
        self.terminal = terminal
        self.texts = texts
        self._since = 0
        terminal.send(SAYS_FRAMES)

    def arrives(self) -> None:
        """What is drawn from here on counts for the next place."""
        self._since = len(self.terminal.raw)

    async def opens(self, *keys: str, shows: str, without: str | None = None) -> None:
        """Arrives, presses keys and waits for words."""
        self.arrives()
        self.terminal.send(*keys)
        await self.terminal.until(shows, without=without)

    async def sees(self, *places: str) -> None:
        """Waits until all marks of the places were drawn since the arrival, page by page.

        A page that was skipped, because two keys came before one frame, is found when it begins from the top again.
        """
        wanted = {mark for place in places for mark in self.texts.marks(place)}
        last, top = canary(places[-1], self.texts.last), self._since
        await self.terminal.until_holds(lambda: bool(wanted & self._drawn(self._since)), f"a mark such as {last}")
        for _ in range(_MOST_PAGES):
            missing = wanted - self._drawn(self._since)
            if not missing:
                break
            is_at_end = last in self._drawn(top)
            await self._turns_page("home" if is_at_end else PAGE_DOWN, f"{len(missing)} marks such as {min(missing)}")
            top = len(self.terminal.raw) if is_at_end else top
        else:
            raise AssertionError(f"never on a page: {sorted(missing)}\n{self.terminal.text}")
        self.arrives()

    async def fills_in(self, place: str) -> None:
        """Pastes one payload after the other into a field of one row, which shows what was pasted last."""
        for number, text in enumerate(self.texts.tagged(place)):
            since, mark = len(self.terminal.raw), canary(place, number)
            self.terminal.send(pasted(text))
            await self.terminal.until_holds(lambda since=since, mark=mark: mark in self._drawn(since), mark)  # type: ignore[misc]

    def clicks(self, words: str) -> None:
        """Presses and releases the mouse on words that stand on the screen."""
        rows = self.terminal.text.split("\n")
        row = next(number for number, text in enumerate(rows) if words in text)
        place = f"\x1b[<0;{rows[row].index(words) + 2};{row + 1}"
        self.terminal.send(f"{place}M", f"{place}m")

    async def _turns_page(self, key: str, what: str) -> None:
        since = len(self.terminal.raw)
        self.terminal.send(key)
        await self.terminal.until_holds(lambda: self.terminal.raw.find(_FRAME_END, since) > 0, f"a page with {what}")

    def _drawn(self, since: int) -> set[str]:
        """The marks in all whole frames since; a page that was gone at the next look counts as well."""
        frames = bytes(self.terminal.raw[since : max(since, self.terminal.raw.rfind(_FRAME_END))])
        return set(_MARK.findall(_NO_TEXT.sub("", frames.decode(errors="ignore"))))


def pasted(text: str) -> str:
    """What a terminal sends: it takes ESC out, which Textual would read as a key in the middle of the text."""
    return f"\x1b[200~{text.replace(chr(27), '')}\x1b[201~"
