"""One pane, one job, one module."""
