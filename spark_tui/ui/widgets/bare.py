"""Whether a widget shows its rows as they are: then nothing has to be laid around or over them."""

from textual.widget import Widget

_EFFECTS = ("tint", "hatch", "text_opacity", "outline_top", "outline_right", "outline_bottom", "outline_left")


def is_bare(widget: Widget) -> bool:
    """Whether nothing is drawn around or over the rows of a widget."""
    styles = widget.styles
    has_effect = any(styles.has_rule(rule) for rule in _EFFECTS)
    return not has_effect and styles.gutter.totals == (0, 0) and widget.opacity == 1
