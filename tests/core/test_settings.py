"""Settings: defaults, a file over them, and one sentence per fault with the nearest valid key."""

import pytest

from spark_tui.core.settings import Settings, SettingsFault, Wire, defaults, read_settings


def _read(data: dict[str, object]) -> Settings:
    return read_settings(data, defaults(lambda name: False), "config.toml")


def test_without_a_key_both_lanes_rehearse() -> None:
    settings = defaults(lambda name: False)
    assert settings.lane("fast").provider.name == "rehearsal"
    assert settings.lane("deep").provider.name == "rehearsal"


def test_a_key_alone_is_enough() -> None:
    settings = defaults(lambda name: name == "OPENAI_API_KEY")
    fast = settings.lane("fast")
    assert fast.provider.base_url == "https://api.openai.com/v1"
    assert fast.provider.wire is Wire.RESPONSES_WS
    assert settings.lane("deep").model.slug != fast.model.slug


def test_the_budget_leaves_room_for_the_answer() -> None:
    lane = defaults(lambda name: True).lane("fast")
    assert lane.budget == 128_000 * 95 // 100 - lane.model.max_output


def test_rows_are_laid_over_the_defaults() -> None:
    settings = _read(
        {
            "providers": {
                "mine": {"base_url": "http://127.0.0.1:9/v1", "wire": "chat", "headers": {"x-team": "a"}}
            },
            "models": {"quick": {"provider": "mine", "slug": "q-1", "window": 32000}},
            "lanes": {"fast": "quick"},
        }
    )
    lane = settings.lane("fast")
    assert (lane.provider.wire, lane.model.slug, lane.model.window) == (Wire.CHAT, "q-1", 32000)
    assert lane.provider.headers == {"x-team": "a"}
    assert settings.lane("deep").model.name == "rehearsal"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"provider": {}}, "config.toml: provider: unknown key, did you mean providers?"),
        (
            {"zzz": 1},
            "config.toml: zzz: unknown key, valid keys are blanks, checks, debt_limit, history, keymap, keys, lanes, "
            "linear, models, motion, mouse, providers, theme",
        ),
        (
            {"models": {"a": {"provider": "openai", "windw": 1}}},
            "config.toml: models.a.windw: unknown key, did you mean window?",
        ),
        (
            {"models": {"a": {"provider": "opena"}}},
            "config.toml: models.a.provider: opena is not there, did you mean openai?",
        ),
        *(
            (
                {"providers": {"openai": {"headers": headers}}},
                "config.toml: providers.openai.headers: must hold names and texts that a header can have",
            )
            for headers in (
                {"X\r\nEvil": "1"},
                {"X": "1\r\nEvil: 2"},
                {"": "x"},
                {"X": "\0"},
                {"Ü": "x"},
                {"X": "ü"},
            )
        ),
        ({"lanes": {"quick": "spark"}}, "config.toml: lanes.quick: unknown key, valid keys are deep, fast"),
        ({"lanes": {"fast": "sparkk"}}, "config.toml: lanes.fast: sparkk is not there, did you mean spark?"),
        (
            {"models": {"spark": {"window": "128k"}}},
            "config.toml: models.spark.window: must be a whole number from 0",
        ),
        (
            {"models": {"spark": {"window": True}}},
            "config.toml: models.spark.window: must be a whole number from 0",
        ),
        (
            {"models": {"spark": {"window": -1}}},
            "config.toml: models.spark.window: must be a whole number from 0",
        ),
        ({"models": {"spark": {"warm_up": 1}}}, "config.toml: models.spark.warm_up: must be true or false"),
        (
            {"models": {"spark": {"effective_percent": 0}}},
            "config.toml: models.spark.effective_percent: must be from 1 to 100",
        ),
        (
            {"models": {"spark": {"patch_tool": "x"}}},
            "config.toml: models.spark.patch_tool: x is not known, it must be one of freeform, function, builtin",
        ),
        (
            {"models": {"spark": {"patch_tool": "freefrom"}}},
            "config.toml: models.spark.patch_tool: freefrom is not known, did you mean freeform? "
            "It must be one of freeform, function, builtin",
        ),
        (
            {"providers": {"openai": {"wire": "grpc"}}},
            "config.toml: providers.openai.wire: grpc is not known, it must be one of auto, responses-ws, "
            "responses-http, chat",
        ),
        (
            {"providers": {"openai": {"wire": "Response-WS"}}},
            "config.toml: providers.openai.wire: Response-WS is not known, did you mean responses-ws? "
            "It must be one of auto, responses-ws, responses-http, chat",
        ),
        (
            {"providers": {"mine": {}}},
            "config.toml: providers.mine.base_url: is missing: give the HTTP base address, such as https://host/v1",
        ),
        ({"providers": 3}, "config.toml: providers: must be a table"),
        ({"theme": 3}, "config.toml: theme: must be a text"),
        ({"linear": "yes"}, "config.toml: linear: must be true or false"),
        (
            {"blanks": "alll"},
            "config.toml: blanks: alll is not known, did you mean all? It must be one of trailing, all, none",
        ),
        (
            {"motion": "redcued"},
            "config.toml: motion: redcued is not known, did you mean reduced? It must be one of full, reduced",
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence(data: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsFault) as caught:
        _read(data)
    assert str(caught.value) == sentence


def test_every_fault_is_reported_in_one_pass() -> None:
    with pytest.raises(SettingsFault) as caught:
        _read({"theme": 3, "lanes": {"fst": "spark"}, "modells": {}})
    assert len(str(caught.value).split("\n")) == 3


def test_checks_are_set_by_language_with_limits_and_an_off_switch() -> None:
    checks = _read(
        {
            "checks": {
                "repair": "all",
                "seconds": 5,
                "memory_mib": 100,
                "commands": {"python": ["ruff"], "c": []},
            }
        }
    ).checks
    assert (checks.repair, checks.seconds, checks.memory_mib, checks.enabled) == ("all", 5, 100, True)
    assert checks.commands == {"python": ("ruff",), "c": ()}
    assert _read({"checks": {"enabled": False}}).checks.enabled is False


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"repair": "pars"},
            "checks.repair: pars is not known, did you mean parse? It must be one of off, parse, all",
        ),
        ({"secnds": 1}, "checks.secnds: unknown key, did you mean seconds?"),
        ({"seconds": 0}, "checks: seconds and memory_mib must be more than 0"),
        ({"enabled": 1}, "checks.enabled: must be true or false"),
        (
            {"commands": {"python": "ruff"}},
            "checks.commands.python: must be a list of tools or command lines",
        ),
        ({"commands": []}, "checks.commands: must be a table"),
    ],
)
def test_wrong_checks_are_named(data: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsFault) as caught:
        _read({"checks": data})
    assert str(caught.value) == f"config.toml: {sentence}"
