"""What the model may call, and how each kind of tool is declared on the wire."""

import json

from spark_tui.core.values import dataclass

PATCH_ARGUMENT = "patch"
"""Name of the only argument when the patch tool is declared as a function."""


@dataclass(frozen=True, slots=True)
class CustomTool:
    """A tool that takes free text."""

    name: str
    description: str
    grammar: str = ""
    """Lark grammar of the text; empty: any text."""


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A tool that takes JSON arguments."""

    name: str
    description: str
    parameters: str
    """JSON Schema, as JSON text."""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class BuiltinPatchTool:
    """The provider's own patch tool."""


Tool = CustomTool | FunctionTool | BuiltinPatchTool


def patch_tool(style: str, name: str, description: str, grammar: str) -> Tool:
    """Declare the tool that edits files as `function`, `builtin`, or else as `freeform`."""
    if style == "builtin":
        return BuiltinPatchTool()
    if style == "function":
        schema = {
            "type": "object",
            "properties": {PATCH_ARGUMENT: {"type": "string"}},
            "required": [PATCH_ARGUMENT],
            "additionalProperties": False,
        }
        return FunctionTool(name, description, json.dumps(schema))
    return CustomTool(name, description, grammar)


def encode_tool(tool: Tool) -> dict[str, object]:
    """Write a tool as it stands in a request."""
    match tool:
        case CustomTool():
            form: dict[str, object] = {"type": "text"}
            if tool.grammar:
                form = {"type": "grammar", "syntax": "lark", "definition": tool.grammar}
            return {"type": "custom", "name": tool.name, "description": tool.description, "format": form}
        case FunctionTool():
            return {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": json.loads(tool.parameters),
                "strict": tool.strict,
            }
        case BuiltinPatchTool():
            return {"type": "apply_patch"}
