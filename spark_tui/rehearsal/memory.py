"""What one connection remembers: the newest response of each lane, for as long as it lasts."""

from spark_tui.rehearsal.house import Remembered, Stored


class Memory:
    """Finds what a request goes on from, by the rules of the real service."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._newest: dict[str, Remembered] = {}

    def find(self, response_id: str) -> Remembered | None:
        """The response of that id: the newest of a lane, or a stored one."""
        newest = (response for response in self._newest.values() if response.id == response_id)
        return next(newest, None) or self._stored.get(response_id)

    def keep(self, lane: str, response: Remembered, *, store: bool) -> None:
        """Remember a response in place of the one before it."""
        self._newest[lane] = response
        if store:
            self._stored.keep(response)

    def evict(self, lane: str, response_id: str) -> None:
        """Forget what a failed request of the same lane went on from; other lanes keep it."""
        newest = self._newest.get(lane)
        if newest is not None and newest.id == response_id:
            del self._newest[lane]

    def forget(self) -> None:
        """Forget everything that is not stored."""
        self._newest.clear()
