"""The WebSocket to a model's server: `link` connects, sends and yields, `streams` tells several requests apart."""

from spark_tui.adapters.model_socket.link import ModelSocket

__all__ = ["ModelSocket"]
