"""One client's WebSocket: its lanes, what is being answered in each, what is remembered for it."""

import asyncio
import contextlib
import re
from collections.abc import Mapping

import msgspec

from spark_tui.rehearsal.faults import BadScript, Deed, Moment
from spark_tui.rehearsal.house import House
from spark_tui.rehearsal.memory import Memory
from spark_tui.rehearsal.plain_socket import Gone, Socket
from spark_tui.rehearsal.protocol import Json, Rejected, check_calls, error_frame, read_create
from spark_tui.rehearsal.responding import Act, Blow, Response, aged, as_rejected
from spark_tui.rehearsal.steering import Steering

_BINARY_REFUSED = 1003
_LANE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,256}")


class Session:
    """Reads requests from one connection and answers them, lane by lane."""

    def __init__(self, socket: Socket, house: House, place: str = "", *, tells_times: bool = False) -> None:
        """`tells_times`: the client wants to know how long the server took."""
        self._socket = socket
        self._house = house
        self._place = place
        """Name of the connection in recordings."""
        self._memory = Memory(house.stored)
        self._lanes: dict[str, asyncio.Queue[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._active: dict[str, Response] = {}
        self._room = asyncio.Semaphore(house.manners.most_at_once)
        self._steering = Steering(house, self._active, self._send)
        self._tells_times = tells_times
        self._busy = False
        self._encode = msgspec.json.Encoder().encode

    async def run(self) -> None:
        """Serve until the client is gone; what is being answered then stops."""
        watching = asyncio.create_task(self._grow_old())
        self._tasks.add(watching)
        try:
            while True:
                message = await self._socket.recv()
                if not isinstance(message, str):
                    await self._send(error_frame("invalid_frame", "Send JSON objects as text frames."))
                    await self._socket.close(_BINARY_REFUSED)
                else:
                    await self._take(message)
        except Gone:
            pass
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _grow_old(self) -> None:
        """End the connection at its age limit, also in mid-answer."""
        await self._house.clock.sleep(self._house.manners.age_limit)
        with contextlib.suppress(Gone):
            await self._send(aged())
            await self._socket.close(self._house.manners.age_close)

    async def _take(self, message: str) -> None:
        try:
            raw = msgspec.json.decode(message)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict):
            await self._send(error_frame("invalid_json", "The frame is not a JSON object."))
            return
        self._house.record("C", self._place, raw)
        match raw.get("type"):
            case "response.create":
                await self._queue(raw)
            case "response.steer":
                await self._steering.steer(raw)
            case "response.interrupt" if self._house.manners.interrupts:
                await self._steering.interrupt(raw)
            case "response.processed":
                pass
            case _:
                await self._send(error_frame("unknown_event", "The 'type' of the frame is unknown.", "type"))

    async def _queue(self, raw: Json) -> None:
        """Put a request into its lane."""
        manners = self._house.manners
        name = raw.get("stream_id")
        if not manners.lanes and name is not None:
            await self._send(error_frame("unknown_parameter", "Unknown parameter: 'stream_id'.", "stream_id"))
            return
        if not manners.lanes and self._busy:
            await self._send(error_frame("response_in_progress", "One response at a time on a connection."))
            return
        if name is not None and not (isinstance(name, str) and _LANE_NAME.fullmatch(name)):
            await self._send(error_frame("invalid_stream_id", "Not the name of a stream.", "stream_id"))
            return
        lane = name or ""
        if lane not in self._lanes:
            if lane and sum(map(bool, self._lanes)) >= manners.most_lanes:
                words = f"At most {manners.most_lanes} streams on a connection."
                await self._send(
                    {**error_frame("websocket_stream_limit_reached", words, "stream_id"), "stream_id": lane}
                )
                return
            self._lanes[lane] = asyncio.Queue()
            task = asyncio.create_task(self._serve(lane, self._lanes[lane]))
            self._tasks.add(task)
        self._busy = True
        self._lanes[lane].put_nowait(raw)

    async def _serve(self, lane: str, waiting: "asyncio.Queue[Json]") -> None:
        """Answer the requests of one lane in order."""
        try:
            while True:
                raw = await waiting.get()
                async with self._room:
                    await self._answer(lane, raw)
        except Gone:
            pass

    async def _answer(self, lane: str, raw: Json) -> None:
        previous = str(raw.get("previous_response_id") or "")
        try:
            response = self._prepare(raw, previous)
        except (Rejected, BadScript) as error:
            self._memory.evict(lane, previous)
            self._busy = False
            await self._send(as_rejected(error).frame(), lane)
            return
        await self._play(lane, response, previous)
        while (following := self._steering.successor(response)) is not None:
            response, previous = following, response.id
            await self._play(lane, response, previous)
        if (pending := self._steering.pending(response)) is not None:
            await self._send(pending, lane)

    def _prepare(self, raw: Mapping[str, object], previous: str) -> Response:
        moment = Moment.WARM_UP if raw.get("generate") is False else Moment.REQUEST
        fault = self._house.script.take(moment, raw.get("metadata"))
        if fault is not None and fault.do is Deed.FORGET:
            self._memory.forget()
        create = read_create(raw)
        parent = self._memory.find(previous) if previous else None
        if previous and parent is None:
            raise Rejected(
                "previous_response_not_found",
                f"Previous response with id '{previous[:64]}' not found.",
                "previous_response_id",
            )
        history = (parent.conversation if parent else ()) + create.items + self._steering.waiting(previous)
        if create.generate:
            check_calls(history)
        return Response(self._house, create, history, parent.tokens if parent else 0, fault)

    async def _play(self, lane: str, response: Response, previous: str) -> None:
        self._active[lane] = response
        began = self._house.clock.now()
        try:
            async for step in response.steps():
                if isinstance(step, Act):
                    await self._strike(step)
                    return
                last = response.remembered is not None
                if last and response.remembered is not None:
                    self._memory.keep(lane, response.remembered, store=response.create.store)
                elif step["type"] in ("error", "response.failed"):
                    last = True
                    self._memory.evict(lane, previous)
                if last and self._tells_times:
                    await self._send(_times(self._house.clock.now() - began), lane)
                # The client may ask again as soon as it reads the last frame.
                self._busy = self._busy and not last
                await self._send(step, lane)
        finally:
            self._active.pop(lane, None)

    async def _strike(self, act: Act) -> None:
        match act.blow:
            case Blow.DROP:
                self._socket.abort()
                raise Gone
            case Blow.CLOSE:
                await self._socket.close(act.code)
            case Blow.GARBAGE:
                await self._socket.send(b"not a frame", text=True)
            case Blow.BINARY:
                await self._socket.send(b"{}", text=False)
            case Blow.DEAF:
                self._socket.stop_reading()

    async def _send(self, frame: Json, lane: str = "") -> None:
        if lane:
            frame = {**frame, "stream_id": lane}
        self._house.record("S", self._place, frame)
        await self._socket.send(self._encode(frame), text=True)


def _times(seconds: float) -> Json:
    """How long the server took for a response, in milliseconds."""
    names = ("responses_duration_excl_engine_and_client_tool_time_ms", "engine_service_total_ms")
    return {"type": "responsesapi.websocket_timing", "timing_metrics": dict.fromkeys(names, seconds * 1000)}
