"""The durable journal of landings."""

from spark_tui.adapters.journal.journal import Journal

__all__ = ["Journal"]
