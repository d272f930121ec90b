"""One module per full screen."""
