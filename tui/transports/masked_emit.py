"""Takes the run's keys out of what it emits, so that no screen and no file ever has them: the far end may echo them.

In reads a key is overwritten with stars, one for each character, so that lengths and offsets stay. A key that is cut
by the end of a read is found too: such a read waits for the next one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from tui.core.capture import CaptureEnd, CaptureHeader, Marker, Read, Record, ResponseHead
from tui.transports.base import Emit
from tui.transports.credentials import mask_secrets

_SHORTEST: Final = 4  # shorter values would blot out plain words
_TELLING: Final = 8  # so much of a key at the very end is hidden; less may be any word


class MaskedEmit:
    """An `Emit` that hands on what it gets without the keys. `secrets` are their values."""

    def __init__(self, emit: Emit, secrets: Iterable[str]) -> None:
        self._emit = emit
        self._secrets = tuple(secret for secret in secrets if len(secret) >= _SHORTEST)
        forms = {form for secret in self._secrets for form in _written_forms(secret)}
        self._words = sorted(forms, key=len, reverse=True)
        self._forms = [word.encode("utf-8", "surrogateescape") for word in self._words]
        self._are_single_lines = not any(b"\n" in form for form in self._forms)
        self._held: list[Read] = []

    def __call__(self, record: Record) -> None:
        """Hands a record on, or holds it until it is known whether its end is a piece of a key."""
        if isinstance(record, Read):
            self._take_read(record)
            return
        self._release()
        self._emit(self._masked(record))

    def _masked(self, record: Record) -> Record:
        match record:
            case CaptureHeader():
                return replace(record, url=self._hidden(record.url), request=self._hidden_value(record.request))
            case ResponseHead():
                return replace(record, headers=tuple((n, self._hidden(v)) for n, v in record.headers))
            case Marker():
                return replace(record, text=self._hidden(record.text))
            case CaptureEnd(problem=problem) if problem is not None:
                return replace(record, problem=replace(problem, message=self._hidden(problem.message)))
        return record

    def _hidden(self, text: str) -> str:
        return mask_secrets(text, self._words)

    def _hidden_value(self, value: Any) -> Any:
        """A JSON value with the keys in its texts hidden."""
        if isinstance(value, str):
            return self._hidden(value)
        if isinstance(value, dict):
            return {self._hidden(str(name)): self._hidden_value(member) for name, member in value.items()}
        return [self._hidden_value(member) for member in value] if isinstance(value, list) else value

    def _take_read(self, read: Read) -> None:
        if not self._forms:
            self._emit(read)
            return
        if not self._held and self._is_plain(read.data):
            self._emit(read)
            return
        if self._held and isinstance(self._held[-1].data, str) is not isinstance(read.data, str):
            self._release()
        self._held.append(read)
        data = _bytes_of(read) if len(self._held) == 1 else b"".join(map(_bytes_of, self._held))
        if not self._cut_at_end(data):
            self._give(data, self._starred(data))

    def _is_plain(self, data: bytes | str) -> bool:
        """Whether no key is in it and none can begin at its end; nearly all reads end with the end of a line."""
        if isinstance(data, str) or not data.endswith(b"\n") or not self._are_single_lines:
            return False
        return not any(form in data for form in self._forms)

    def _cut_at_end(self, data: bytes) -> int:
        """How many bytes at the end are the beginning of a key; frames end with none of a key's characters."""
        for form in self._forms:
            start = data.find(form[:1], max(0, len(data) - len(form) + 1))
            while start >= 0:
                if form.startswith(data[start:]):
                    return len(data) - start
                start = data.find(form[:1], start + 1)
        return 0

    def _starred(self, data: bytes) -> bytes:
        for form in self._forms:
            if form in data:
                data = data.replace(form, b"*" * len(form))
        return data

    def _give(self, data: bytes, masked: bytes) -> None:
        """Emits the reads that were held. `data` is all they hold, `masked` the same without keys, of equal length."""
        held, self._held = self._held, []
        end = 0
        for read in held:
            start, end = end, end + len(_bytes_of(read))
            if masked is not data:
                piece = masked[start:end]
                read.data = piece.decode("utf-8", "surrogatepass") if isinstance(read.data, str) else piece
            self._emit(read)

    def _release(self) -> None:
        """Nothing more comes that could complete a key; so much of one that it tells is hidden too."""
        if not self._held:
            return
        data = b"".join(map(_bytes_of, self._held))
        masked, cut = self._starred(data), self._cut_at_end(data)
        if cut >= _TELLING:
            masked = masked[:-cut] + b"*" * cut
        self._give(data, masked)


def _written_forms(secret: str) -> tuple[str, ...]:
    """How a key may stand in an echo: as it is, in JSON, in a URL."""
    return secret, json.dumps(secret)[1:-1], quote(secret, safe="")


def _bytes_of(read: Read) -> bytes:
    return read.data.encode("utf-8", "surrogatepass") if isinstance(read.data, str) else read.data
