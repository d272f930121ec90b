"""The screen: Textual draws values of the engine and sends it commands."""
