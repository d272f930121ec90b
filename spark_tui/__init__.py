"""spark-tui: a person and a very fast model edit the same code in one terminal."""

__version__ = "0.1.0"
