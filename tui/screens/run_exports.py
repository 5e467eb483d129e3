"""Writes what the run becomes for others: saved, exported in a form that is chosen from a list, copied as a card.

A file goes where the list says, and to a name that was free; a message says path and size.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui.captures.capture_writer import save_capture
from tui.captures.new_files import free_path, write_new
from tui.captures.open_capture import open_capture
from tui.core.capture import Record
from tui.core.derived_run import DerivedRun
from tui.core.exports.card_text import card_lines
from tui.core.exports.export_forms import FORMS, SVG, ExportForm, NamedRun, export_bytes
from tui.errors import CaptureError
from tui.screens import file_words
from tui.screens.pick_screen import PickScreen
from tui.screens.progress_note import progress
from tui.screens.work_turns import WorkTurns
from tui.version import __version__

if TYPE_CHECKING:
    from tui.app import StreamscopeApp
    from tui.screens.run_controller import ActiveRun

_SCREEN_STEM: Final = "screen"
Source = Callable[[], Awaitable[NamedRun]]
"""Gives what is exported, as it is then."""


def save_run(app: StreamscopeApp) -> None:
    """Saves the run as a capture, of a race every lane; an ended one once, of one that is open what came so far.

    Says why not where that is not possible.
    """
    if _begun_run(app, file_words.NOTHING_TO_SAVE) is None:
        return
    runs = app.front.runs_shown()
    fresh = [run for run in runs if run.derived is not None and (run.saved_as is None or not run.saved_as.exists())]
    if fresh:
        app.run_worker(_save_all(app, fresh), group="save", exclusive=True, exit_on_error=False)
    else:
        app.toast(f"It is saved already: {runs[0].saved_as}.")


async def _save_all(app: StreamscopeApp, runs: list[ActiveRun]) -> None:
    for run in runs:
        await _save(app, run)


async def _save(app: StreamscopeApp, run: ActiveRun) -> None:
    assert run.derived is not None, "only a run that has begun is saved"  # noqa: S101  states the caller's check
    is_over, reads = run.is_over, run.derived.capture.read_count
    path = free_path(app.folder, _stem_of(run), ".jsonl")
    try:
        async with progress(app, "saving"):
            records = await _records_of(run.derived)
            size = await asyncio.to_thread(save_capture, records, path)
    except CaptureError as error:
        app.toast(f"Not saved: {error}", severity="error")
        return
    run.saved_as = path if is_over else None
    app.toast(file_words.saved(path, reads, size, is_over=is_over))


async def _records_of(run: DerivedRun) -> Iterable[Record]:
    """All records of a run; of one that is open those so far, taken in turns, and an end that says so."""
    capture = run.capture
    if run.is_over:
        return capture.records()
    end, turns = file_words.end_so_far(capture), WorkTurns()
    found: list[Record] = []
    for record in capture.records_so_far():
        found.append(record)
        if turns.is_due:
            await turns.rest()
    return [*found, end]


def choose_export(app: StreamscopeApp) -> None:
    """The list of forms for the run; the chosen one is written."""
    run = _begun_run(app, file_words.NOTHING_TO_EXPORT)
    if run is not None:
        _choose(app, list(FORMS.values()), _stem_of(run), _source_of(run))


def choose_file_export(app: StreamscopeApp, path: Path) -> None:
    """The list of forms for a file that is not on the screen, so without a picture."""

    def read() -> NamedRun:
        opened = open_capture(path)
        return NamedRun(path.name, DerivedRun.of_records(opened), opened.notes)

    async def load() -> NamedRun:
        return await asyncio.to_thread(read)

    _choose(app, [form for form in FORMS.values() if form.name != SVG], path.stem, load)


def export_run(app: StreamscopeApp, form: str) -> None:
    """Writes the run in one form; its picture at any time."""
    if form == SVG:
        _write(app, FORMS[SVG], _SCREEN_STEM, None)
        return
    run = _begun_run(app, file_words.NOTHING_TO_EXPORT)
    if run is not None:
        _write(app, FORMS[form], _stem_of(run), _source_of(run))


def copy_card(app: StreamscopeApp) -> None:
    """The card of the run to the clipboard; on a race that of its lanes."""
    if app.front.copy_card():
        return
    run = _begun_run(app, file_words.NOTHING_TO_EXPORT)
    if run is not None and not all(each.is_over for each in app.front.runs_shown()):
        app.toast(app.keys.said(file_words.CARD_LATER))
    elif run is not None and run.derived is not None:
        app.copy_text("\n".join(card_lines([("", run.derived)], version=__version__)) + "\n", of=" (card)")


def _begun_run(app: StreamscopeApp, nothing: str) -> ActiveRun | None:
    """The run of the screen, of a race the lane in front or else one that has begun; without any it is said why not."""
    runs = app.front.runs_shown()
    begun = next((run for run in runs if run.derived is not None), None)
    if begun is None:
        app.toast(app.keys.said(file_words.NOTHING_YET if runs else nothing))
    return begun


def _source_of(run: ActiveRun) -> Source:
    derived = run.derived
    assert derived is not None, "only a run that has begun is exported"  # noqa: S101  states the caller's check
    recording = run.recording
    name = recording.name.rpartition("/")[2] if recording is not None else _stem_of(run)
    notes = recording.notes if recording is not None else ()
    mode = run.mode if run.pattern is None else "sentence"

    async def load() -> NamedRun:  # derived anew: what the panes read at the same time is not for two threads
        records = await _records_of(derived)
        return NamedRun(name, await asyncio.to_thread(DerivedRun.of_records, records, mode), notes)

    return load


def _choose(app: StreamscopeApp, forms: list[ExportForm], stem: str, source: Source) -> None:
    by_title = {form.title: form for form in forms}
    options = [(form.title, f"{_path_of(app, form, stem).name}  {form.line}") for form in forms]

    def write(title: Any) -> None:
        if title is not None:
            form = by_title[title]
            app.call_after_refresh(_write, app, form, stem, None if form.name == SVG else source)

    app.push_screen(PickScreen(f"export to {app.folder}", options), write)


def _write(app: StreamscopeApp, form: ExportForm, stem: str, source: Source | None) -> None:
    """`source` None: the screen as it is."""
    if source is None:
        from tui.screens.svg_picture import svg_of  # noqa: PLC0415  for those who want a picture

        svg = svg_of(app).encode()

        async def make() -> bytes:
            return svg
    else:

        async def make() -> bytes:
            return await asyncio.to_thread(export_bytes, form.name, [await source()], version=__version__)

    app.run_worker(_written(app, _path_of(app, form, stem), make), group="export", exit_on_error=False)


async def _written(app: StreamscopeApp, path: Path, make: Callable[[], Awaitable[bytes]]) -> None:
    try:
        async with progress(app, "exporting"):
            data = await make()
            await asyncio.to_thread(write_new, path, data)
    except FileExistsError:
        app.toast(f"Not saved: {path} exists, and nothing is overwritten.", severity="error")
    except (OSError, CaptureError) as error:
        app.toast(f"Not saved: {getattr(error, 'strerror', None) or error}.", severity="error")
    else:
        app.toast(f"Saved {path}, {file_words.size_words(len(data))}.")


def _path_of(app: StreamscopeApp, form: ExportForm, stem: str) -> Path:
    return free_path(app.folder, f"{form.before}{_module_name(stem) if form.before else stem}", form.after)


def _module_name(stem: str) -> str:
    """A stem as a part of a module's name."""
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in stem)


def _stem_of(run: ActiveRun) -> str:
    return file_words.stem_of(run, datetime.now().astimezone())
