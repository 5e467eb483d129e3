"""The prompts that were sent, kept from one start to the next: bounded, for their owner alone, and never with a key.

A prompt that holds the value of a known key, or something shaped like one, is not kept at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from tui.state_folder import StateFolder

FILE_NAME = "prompts.jsonl"
MOST_PROMPTS = 200
LONGEST_CHARS = 20_000
MOST_CHARS = 400_000
_FILE_LIMIT_BYTES = 8 * 1024 * 1024  # no file of ours is larger: a code point takes at most twelve bytes in it
_SHORTEST_KEY = 8  # a shorter value would keep plain words out
_KEY_VARIABLE = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_KEY_SHAPE = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|ghs|github_pat|glpat|xox[abeprs])[-_](?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{14,}"
    r"|\b(?:AKIA|AIza)[A-Za-z0-9_-]{14,}"
    r"|\b(?:bearer|basic)\s+(?=[A-Za-z._~+/=-]*[0-9])[A-Za-z0-9._~+/=-]{8,}"
    r"|\b(?:api[-_ ]?key|authorization|token|secret|password|passwd)\b[\"']?\s*[:=]\s*[\"']?"
    r"(?!bearer\b|basic\b)[^\s\"'$]{6,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY",
    re.IGNORECASE,
)


class PromptHistory:
    """Goes back and forth in the prompts; what was changed on the way is kept until one is sent."""

    def __init__(self, folder: StateFolder, keys: Iterable[str] = ()) -> None:
        self._folder = folder
        self._keys = tuple(keys)
        self._prompts: list[str] | None = None
        self._place = 0  # how many steps back; 0 is what was being written
        self._changed: dict[int, str] = {}

    def older(self, text: str) -> str | None:
        """The prompt before the one that is shown as `text`; None at the oldest."""
        return self._go(text, 1)

    def newer(self, text: str) -> str | None:
        """The prompt after it, at last what was being written; None there."""
        return self._go(text, -1)

    def add(self, prompt: str) -> None:
        """Keeps a prompt that was sent, unless it holds a key or is too long; the oldest go."""
        self._place, self._changed = 0, {}
        if not prompt.strip() or len(prompt) > LONGEST_CHARS or self._holds_a_key(prompt):
            return
        prompts = [known for known in self._read() if known != prompt]  # another app may have added some meanwhile
        prompts.append(prompt)
        del prompts[:-MOST_PROMPTS]
        while sum(map(len, prompts)) > MOST_CHARS:
            del prompts[0]
        self._prompts = prompts
        self._folder.write(FILE_NAME, "".join(f"{json.dumps(known)}\n" for known in prompts))

    def clear(self) -> None:
        """Forgets all prompts, those in the file too."""
        self._place, self._changed, self._prompts = 0, {}, []
        self._folder.remove(FILE_NAME)

    def _go(self, text: str, step: int) -> str | None:
        prompts = self._prompts if self._prompts is not None else self._read()
        self._prompts = prompts
        place = self._place + step
        if not 0 <= place <= len(prompts):
            return None
        if text != self._text_at(self._place):
            self._changed[self._place] = text
        self._place = place
        return self._text_at(place)

    def _text_at(self, place: int) -> str:
        prompts = self._prompts or []
        return self._changed.get(place, prompts[-place] if place else "")

    def _read(self) -> list[str]:
        """The prompts in the file; a line that is none is skipped. Without a folder those of this start."""
        if self._folder.path is None:
            return self._prompts or []
        prompts = []
        for line in self._folder.read(FILE_NAME, _FILE_LIMIT_BYTES).splitlines():
            try:
                prompt = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(prompt, str):
                prompts.append(prompt)
        return prompts[-MOST_PROMPTS:]

    def _holds_a_key(self, prompt: str) -> bool:
        return _KEY_SHAPE.search(prompt) is not None or any(key in prompt for key in self._keys)


def key_values(environ: Mapping[str, str], variables: Iterable[str] = ()) -> tuple[str, ...]:
    """The values in the environment that are keys by the name of their variable, and those of further variables."""
    named = {name for name in environ if _KEY_VARIABLE.search(name)} | set(variables)
    values = (environ.get(name, "").strip() for name in sorted(named))
    return tuple(value for value in values if len(value) >= _SHORTEST_KEY)
