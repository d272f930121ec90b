"""How the workspace was left comes back: tabs, places, recent files; what is gone is passed over."""

from spark_tui.core.layout import Layout, Spot, read, written
from spark_tui.engine import NavigationPorts, Sight
from tests.engine.bench import Bench
from tests.fakes.layout_file import MemoryLayouts

FILES = {"a.py": b"a\n", "b.py": b"b\n", "c.py": b"c\n"}
LEFT = Layout(
    ("a.py", "gone.py", "b.py"),
    "a.py",
    "b.py",
    {"a.py": Spot(3, 1, 2)},
    ("src",),
    ("talk",),
    ("b.py", "c.py"),
)


async def test_everything_comes_back_but_what_is_gone() -> None:
    store = MemoryLayouts(written(LEFT))
    told: list[Layout] = []
    bench = Bench(FILES, navigation=NavigationPorts(layouts=store))
    bench.engine.navigation.keeping.on_back = told.append
    async with bench:
        space, navigation = bench.engine.workspace, bench.engine.navigation
        assert space.tabs == ("a.py", "b.py") and space.active == "a.py"
        assert navigation.finding.recent[:2] == ("b.py", "c.py")
        assert navigation.keeping.spot_of("a.py") == Spot(3, 1, 2)
        assert told == [LEFT, LEFT] and bench.troubles == []


async def test_what_is_left_is_kept_at_the_end() -> None:
    store = MemoryLayouts(written(LEFT))
    async with Bench(FILES, navigation=NavigationPorts(layouts=store)) as bench:
        bench.engine.navigation.keeping.look = lambda: Sight(
            {"c.py": Spot(9, 9, 9)}, "c.py", ("lib",), ("tree",)
        )
        await bench.engine.workspace.open("c.py")
        bench.engine.workspace.close("b.py")
    kept = read(store.value)
    assert kept.tabs == ("a.py", "c.py") and kept.active == "c.py" and kept.other == "c.py"
    assert kept.spots == {"a.py": Spot(3, 1, 2), "c.py": Spot(9, 9, 9)}
    assert (kept.folders, kept.hidden) == (("lib",), ("tree",)) and kept.recent[0] == "c.py"


async def test_nothing_is_written_over_before_it_is_back_and_without_a_store() -> None:
    store = MemoryLayouts(written(LEFT))
    bench = Bench(FILES, navigation=NavigationPorts(layouts=store))
    await bench.engine.navigation.keeping.save()
    assert store.saves == 0
    async with Bench(FILES) as other:
        await other.engine.workspace.open("a.py")
        assert other.engine.workspace.tabs == ("a.py",)
