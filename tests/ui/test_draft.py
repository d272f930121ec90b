"""The draft of a prompt is kept with every key, and is there again when a sitting goes on."""

from tests.fakes.engine import FakeEngine
from tests.ui.stage import stage


async def test_every_key_of_a_draft_is_kept_and_sending_ends_it() -> None:
    async with stage() as it:
        await it.type("do it")
        assert it.engine.session.draft == "do it"
        await it.press("enter")
        assert it.engine.session.draft == "" and it.engine.conversation.prompts == ["do it"]


async def test_a_draft_and_older_prompts_are_there_again() -> None:
    engine = FakeEngine()
    engine.session.draft, engine.session.prompts = "half a tho", ("first", "second")
    async with stage(engine=engine) as it:
        box = it.workspace.prompt.input
        assert box.text == "half a tho" and it.here == "prompt"
        await it.type("ught")
        assert box.text == "half a thought" == it.engine.session.draft
        await it.press("up")
        assert box.text == "second"
