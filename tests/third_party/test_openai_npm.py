"""The `openai` package from npm as a client of our server; needs SPARK_TUI_NODE_ROOT, see tests/README.md."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.rehearsal.serving import CUSTOM, PATCH, serving

ROOT = os.environ.get("SPARK_TUI_NODE_ROOT", "")
NODE = shutil.which("node")
SCRIPT = Path(__file__).with_name("openai_client.mjs")


@pytest.mark.skipif(not (ROOT and NODE), reason="SPARK_TUI_NODE_ROOT names no folder with openai and ws")
async def test_sockets_events_and_chat() -> None:
    assert NODE is not None
    async with serving(token="key-0123456789") as url:
        base = url.replace("ws://", "http://").removesuffix("/responses")
        node = await asyncio.create_subprocess_exec(
            NODE, str(SCRIPT), base, "key-0123456789", json.dumps(CUSTOM), stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(node.communicate(), 60)
    assert node.returncode == 0
    told = json.loads(out)
    assert told["patch"] == PATCH
    assert told["after"].startswith("4 items") or told["after"].startswith("3 items")
    assert (told["streamed"], told["whole"], told["chat"]) == ("hello there", "whole", "chat")
    assert told["models"] == ["rehearsal"]
