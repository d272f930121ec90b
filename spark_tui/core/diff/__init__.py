"""Differences of lines: whole files, streamed rewrites, words inside a line, and joining two changes."""
