"""Brings an opened recording to the run on the screen: in turns that leave the keys their time, or as a pipe brings it.

No widgets. The run tells by `recording` what it is a recording of.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.captures.live_pipe import LivePipe, Records
from tui.captures.open_capture import OpenedCapture
from tui.core.capture import CaptureHeader
from tui.core.request import RunPlan, StreamRequest, TransportName
from tui.errors import CaptureError
from tui.screens.run_controller import ActiveRun
from tui.screens.work_turns import WorkTurns

if TYPE_CHECKING:
    from tui.app import StreamscopeApp


def show_records(app: StreamscopeApp, records: Records) -> None:
    """Shows a recording in place of the latest run: at once what is in memory, else from its first records on."""
    plan = app.endpoint.plan("")
    if not isinstance(records, OpenedCapture | LivePipe):
        app.controller.show(records, plan)
        return
    run = app.controller.open(records, plan)
    app.live.begin_in("text")  # there is nothing to type
    app.run_worker(_feed_and_land(app, run, records), group="recording", exclusive=True, exit_on_error=False)


async def _feed_and_land(app: StreamscopeApp, run: ActiveRun, recording: OpenedCapture | LivePipe) -> None:
    """A file with a problem or a trap ends on Wire, where that is, unless the user has pressed otherwise meanwhile."""
    from tui.core.wire_view.oddity_list import frame_to_begin_at  # noqa: PLC0415  it comes with the first run

    await feed_recording(run, recording)
    is_left_alone = app.controller.run is run and run.cancel_key_at is None and app.screen is app.live
    frame = frame_to_begin_at(run.derived) if run.derived is not None else None
    if frame is not None and is_left_alone and isinstance(recording, OpenedCapture):
        app.live.show_wire(frame)


async def feed_recording(run: ActiveRun, recording: OpenedCapture | LivePipe) -> None:
    """Takes all records to the run, until it is over."""
    try:
        if isinstance(recording, LivePipe):
            await _feed_pipe(run, recording)
        else:
            await _feed_file(run, recording)
    except CaptureError as error:  # the disk failed: what came is shown
        run.break_off(str(error))
    if not run.is_over:
        run.break_off("It was not read to its end.")


async def _feed_file(run: ActiveRun, recording: OpenedCapture) -> None:
    run.plan = plan_of_recording(recording.header, run.plan)
    turns = WorkTurns()
    for record in recording:
        if run.is_over:
            return
        run.take(record)
        if turns.is_due:
            await turns.rest()


async def _feed_pipe(run: ActiveRun, recording: LivePipe) -> None:
    try:
        async for records in recording.records():
            for record in records:
                run.take(record)
                if isinstance(record, CaptureHeader):
                    run.plan = plan_of_recording(record, run.plan)
            if run.is_over:
                return
    finally:
        await asyncio.to_thread(recording.stop)


def plan_of_recording(header: CaptureHeader, plan: RunPlan) -> RunPlan:
    """`plan`, the next run's, with what the recording says was asked: that is what is shown, and sent again."""
    transport = header.transport if header.transport in {str(name) for name in TransportName} else str(plan.transport)
    model = header.request.get("model")
    request = StreamRequest.of_prompt(prompt_of(header), model=model if isinstance(model, str) else None)
    return replace(plan, transport=TransportName(transport), url=header.url, request=request)


def prompt_of(header: CaptureHeader) -> str:
    """The last thing that was asked, if it is plain text."""
    messages = header.request.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    text = last.get("content") if isinstance(last, dict) else None
    return text if isinstance(text, str) else ""
