"""Lets `python -m spark_tui` start the program."""

from spark_tui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
