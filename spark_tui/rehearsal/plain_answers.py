"""Answers to plain requests: the same responses as on a socket, as a stream of events or whole."""

from collections.abc import Callable, Mapping
from contextlib import aclosing

import msgspec

from spark_tui.rehearsal.chat_dialect import ChatWriter, completion, read_chat
from spark_tui.rehearsal.faults import BadScript, Deed, Moment
from spark_tui.rehearsal.house import House
from spark_tui.rehearsal.plain_http import Answering, error_body
from spark_tui.rehearsal.protocol import Create, Json, Rejected, check_calls, read_create
from spark_tui.rehearsal.responding import Act, Blow, Response, as_rejected

Write = Callable[[Json], list[Json]]


class Cut(Exception):
    """The connection ends in mid-answer, on purpose."""


async def answer_responses(house: House, answering: Answering, body: bytes, place: str) -> None:
    """Answer `POST /v1/responses`. Raises Cut."""
    await _answer(house, answering, body, place, chat=False)


async def answer_chat(house: House, answering: Answering, body: bytes, place: str) -> None:
    """Answer `POST /v1/chat/completions`. Raises Cut."""
    await _answer(house, answering, body, place, chat=True)


async def _answer(house: House, answering: Answering, body: bytes, place: str, *, chat: bool) -> None:
    try:
        raw = _decode(body)
        house.record("C", place, raw)
        create = read_chat(raw) if chat else read_create(raw, on_socket=False)
        response = _prepare(house, create, may_be_lean=not chat)
    except (Rejected, BadScript) as error:
        rejected = as_rejected(error)
        refusal = error_body(rejected.code, str(rejected), rejected.param, rejected.status)
        await answering.whole(rejected.status, refusal)
        return
    if raw.get("stream"):
        await _stream(response, answering, ChatWriter(raw).write if chat else None, house, place)
    else:
        await _whole(response, answering, chat=chat)
    if response.remembered is not None and create.store:
        house.stored.keep(response.remembered)


def _decode(body: bytes) -> Mapping[str, object]:
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise Rejected("invalid_json", "The body is not a JSON object.")
    return raw


def _prepare(house: House, create: Create, *, may_be_lean: bool) -> Response:
    parent = house.stored.get(create.previous) if create.previous else None
    if create.previous and parent is None:
        words = f"Previous response with id '{create.previous[:64]}' not found."
        raise Rejected("previous_response_not_found", words, "previous_response_id")
    history = (parent.conversation if parent else ()) + create.items
    check_calls(history)
    fault = house.script.take(Moment.REQUEST, create.raw.get("metadata"))
    return Response(house, create, history, parent.tokens if parent else 0, fault, may_be_lean=may_be_lean)


async def _stream(
    response: Response, answering: Answering, write: Write | None, house: House, place: str
) -> None:
    async with aclosing(response.steps()) as steps:
        async for step in steps:
            if isinstance(step, Act):
                await _strike(step, answering)
                continue
            house.record("S", place, step)
            if step["type"] == "error" and not answering.began:
                await _refuse(step, answering)
                return
            if not answering.began:
                await answering.begin()
            for frame in write(step) if write is not None else [step]:
                await answering.event(frame, name=write is None)
    if write is not None:
        await answering.raw(b"data: [DONE]\n\n")
    await answering.end()


async def _strike(act: Act, answering: Answering) -> None:
    if not answering.began:
        await answering.begin()
    if act.blow in (Blow.GARBAGE, Blow.BINARY):
        await answering.raw(b"data: not a frame\n\n")
        return
    if act.blow is Blow.CLOSE:
        await answering.end()
    else:
        answering.abort()
    raise Cut


async def _whole(response: Response, answering: Answering, *, chat: bool) -> None:
    async with aclosing(response.steps()) as steps:
        async for step in steps:
            if isinstance(step, Act):
                answering.abort()
                raise Cut
            if step["type"] == "error":
                await _refuse(step, answering)
                return
            if response.remembered is not None or step["type"] == "response.failed":
                whole = step["response"]
                assert isinstance(whole, dict)
                await answering.whole(200, completion(whole) if chat else whole)
                return


async def _refuse(step: Json, answering: Answering) -> None:
    error = step["error"]
    assert isinstance(error, dict)
    headers = error.pop("headers", {})
    status = step.get("status")
    await answering.whole(status if isinstance(status, int) else 500, {"error": error}, headers)


def refusal(house: House, moment: Moment) -> tuple[int, Json, dict[str, str]] | float | None:
    """What the script has for a request that is not for a response: a refusal, seconds to wait, or nothing."""
    fault = house.script.take(moment)
    if fault is None:
        return None
    if fault.do in (Deed.DELAY, Deed.SILENCE):
        return fault.seconds
    headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    status = fault.status or 503
    return status, error_body(fault.code or "refused", fault.message or "On purpose.", None, status), headers
