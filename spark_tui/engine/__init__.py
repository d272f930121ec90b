"""Who decides what happens next: owns changing state, runs on one event loop, never draws."""
