"""The model's protocol without a socket: `items` and `events` travel; `reducer`, `request` and `history` work."""
