"""`spark-tui models`: which models answer, and what to write into config.toml to use one."""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.model_probe import Answered, ask_for_models
from spark_tui.adapters.places import config_dir
from spark_tui.adapters.settings_file import load_settings
from spark_tui.cli.saying import fail, say
from spark_tui.core.display import inert
from spark_tui.core.settings import LANES, REHEARSAL, Provider, Settings
from spark_tui.core.wire.refusals import is_local
from spark_tui.ports import SettingsWrong

_MOST_SHOWN = 12


def run_models(options: argparse.Namespace) -> int:
    """Ask and tell; the exit code is 0 as soon as one model can be used, and the rehearsal always can."""
    keys = Keys(config_dir())
    try:
        settings = load_settings(config_dir(), has_key=lambda name: bool(keys.find(name)))
    except SettingsWrong as error:
        return fail(error)
    if keys.note:
        say(keys.note)
    found = asyncio.run(ask_all(settings, keys))
    if options.json:
        print(json.dumps(_as_json(settings, found), indent=2))
    else:
        _tell(settings, found)
    return 0


async def ask_all(settings: Settings, keys: Keys) -> dict[str, Answered]:
    """Ask every server that may be asked; a key goes only to the address of its own row."""
    asked = [provider for provider in settings.providers.values() if provider.base_url]
    found = [await asyncio.to_thread(keys.find, provider.env_key) for provider in asked]
    answers = await asyncio.gather(*map(_ask, asked, found))
    return {provider.name: answer for provider, answer in zip(asked, answers, strict=True)}


async def _ask(provider: Provider, key: str) -> Answered:
    if provider.env_key and not key:
        return Answered(sentence=f"no key: set {provider.env_key}")
    return await ask_for_models(provider.base_url, key, provider.env_key, provider.headers)


def _as_json(settings: Settings, found: Mapping[str, Answered]) -> dict[str, object]:
    providers = [
        {
            "name": provider.name,
            "base_url": provider.base_url,
            "wire": str(provider.wire),
            "answers": found[provider.name].is_there and not found[provider.name].sentence,
            "sentence": found[provider.name].sentence,
            "models": [
                {"slug": offer.slug, "window": offer.window or None} for offer in found[provider.name].offers
            ],
        }
        for provider in settings.providers.values()
        if provider.name in found
    ]
    rehearsal = {
        "name": REHEARSAL,
        "answers": True,
        "sentence": "",
        "models": [{"slug": REHEARSAL, "window": None}],
    }
    lanes = {lane: settings.lanes.get(lane) for lane in LANES}
    return {"lanes": lanes, "providers": [*providers, rehearsal]}


def _tell(settings: Settings, found: Mapping[str, Answered]) -> None:
    for lane in LANES:
        profile = settings.lane(lane)
        others = "".join(f", or {model.slug}" for model in profile.stand_ins)
        print(f"lane {lane}: {profile.model.slug} at {profile.provider.name}{others}")
    print()
    usable = {row.slug: row.name for row in settings.models.values()}
    for name, answer in found.items():
        provider = settings.providers[name]
        if is_absent(provider, answer):
            continue
        count = len(answer.offers)
        print(f"{name}: {inert(answer.sentence) or f'{count} model' + 's' * (count != 1)}")
        for offer in answer.offers[:_MOST_SHOWN]:
            window = f", {offer.window} tokens" if offer.window else ""
            own = f"  (models.{usable[offer.slug]})" if offer.slug in usable else ""
            print(f"  {inert(offer.slug)}{window}{own}")
        if len(answer.offers) > _MOST_SHOWN:
            print(f"  and {len(answer.offers) - _MOST_SHOWN} more: see --json")
    print(f"{REHEARSAL}: always there, no model")
    _advise(settings, found)


def is_absent(provider: Provider, answer: Answered) -> bool:
    """Whether this is a local server that does not run, of which nobody wants to read."""
    return is_local(urlsplit(provider.base_url).hostname or "") and not answer.is_there


def _advise(settings: Settings, found: Mapping[str, Answered]) -> None:
    """Show what makes a model usable that answers and has no row yet."""
    known = {(row.provider, row.slug) for row in settings.models.values()}
    new: Sequence[tuple[str, str, int]] = [
        (name, offer.slug, offer.window)
        for name, answer in found.items()
        for offer in answer.offers
        if (name, offer.slug) not in known
    ]
    if not new:
        return
    name, slug, window = new[0]
    print(f"\nTo use one, for instance, put this into {config_dir() / 'config.toml'}:\n")
    print(f"[models.mine]\nprovider = {json.dumps(name)}\nslug = {json.dumps(slug)}")
    if window:
        print(f"window = {window}")
    if settings.providers[name].name != "openai":
        print('patch_tool = "function"')
    print('\n[lanes]\nfast = "mine"\ndeep = "mine"')
