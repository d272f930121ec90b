"""A local stand-in for a model: the real wire protocol, mechanical edits, no intelligence claimed."""
