"""Input that comes while a response is under way: steering where the model can, and interruption."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from spark_tui.rehearsal.house import House
from spark_tui.rehearsal.protocol import Json, Rejected, read_items
from spark_tui.rehearsal.responding import Response

_OUTPUTS = {
    "function_call": "function_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "apply_patch_call": "apply_patch_call_output",
}


class Steering:
    """Turns the responses of one connection."""

    def __init__(
        self, house: House, active: Mapping[str, Response], send: Callable[[Json, str], Awaitable[None]]
    ) -> None:
        self._house = house
        self._active = active
        self._send = send
        self._waiting: dict[str, tuple[Json, ...]] = {}
        """Accepted input that waits for the outputs of calls, by the response that made the calls."""

    def waiting(self, response_id: str) -> tuple[Json, ...]:
        """Accepted input that now goes in behind what a request brings."""
        return self._waiting.pop(response_id, ()) if response_id else ()

    async def steer(self, raw: Json) -> None:
        """Take `response.steer`."""
        target = str(raw.get("previous_response_id") or "")
        lane, response = self._find(target)
        try:
            items = self._check(raw, response)
        except Rejected as rejected:
            error = {"type": "invalid_request_error", "code": rejected.code, "message": str(rejected)}
            steer = {"input": raw.get("input"), "previous_response_id": raw.get("previous_response_id")}
            failed = {"type": "response.steer.failed", "sequence_number": 0, "error": error, "steer": steer}
            await self._send(failed, lane)
            return
        assert response is not None
        told: Json = {"steer": {"id": self._house.new_id("steer"), "previous_response_id": target}}
        await self._send({"type": "response.steer.accepted", "sequence_number": 0, **told}, lane)
        response.steered = (*(response.steered or ()), *items)
        response.stop("steered")

    async def interrupt(self, raw: Json) -> None:
        """Take `response.interrupt`."""
        target = str(raw.get("response_id") or "")
        lane, response = self._find(target)
        if response is not None:
            accepted: Json = {
                "type": "response.interrupt.accepted",
                "sequence_number": 0,
                "response_id": target,
            }
            await self._send(accepted, lane)
            response.stop("interrupted")

    def successor(self, response: Response) -> Response | None:
        """The response that follows a steered one by itself, if its calls do not wait for outputs."""
        items, remembered = response.steered, response.remembered
        if not items or remembered is None:
            return None
        if _unanswered(remembered.conversation):
            self._waiting[response.id] = items
            return None
        create = replace(
            response.create,
            items=items,
            previous=response.id,
            raw={**response.create.raw, "previous_response_id": response.id},
        )
        history = (*remembered.conversation, *items)
        return Response(self._house, create, history, remembered.tokens, None)

    def pending(self, response: Response) -> Json | None:
        """What tells the client that outputs are wanted before the input can go in."""
        if response.id not in self._waiting or response.remembered is None:
            return None
        stubs = [
            {"type": _OUTPUTS[str(call["type"])], "call_id": call.get("call_id"), "name": call.get("name")}
            for call in _unanswered(response.remembered.conversation)
        ]
        return {
            "type": "response.steer.pending",
            "sequence_number": 0,
            "reason": "waiting_for_required_input",
            "required_input": stubs,
            "steer": {"previous_response_id": response.id},
        }

    def _find(self, response_id: str) -> tuple[str, Response | None]:
        found = (pair for pair in self._active.items() if pair[1].id == response_id and response_id)
        return next(found, ("", None))

    def _check(self, raw: Json, response: Response | None) -> list[Json]:
        steers = self._house.manners.steers
        if not steers and not (response is not None and response.create.model.startswith("gpt-6")):
            raise Rejected("steering_not_supported", "This model does not steer a response under way.")
        if response is None:
            raise Rejected("response_not_found", "No such response is under way.")
        if response.remembered is not None:
            raise Rejected("response_already_completed", "The response is complete.")
        items = read_items(raw.get("input"))
        if not items:
            raise Rejected("invalid_input", "The input is empty.", "input")
        return items


def _unanswered(conversation: Sequence[Json]) -> list[Json]:
    answered = {item.get("call_id") for item in conversation if item["type"] in _OUTPUTS.values()}
    return [item for item in conversation if item["type"] in _OUTPUTS and item.get("call_id") not in answered]
