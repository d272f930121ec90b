"""Takes the README's picture: the real app, the real rehearsal server, in mid-stream.

Run it from a checkout: `python tests/pictures/take.py`; it writes midstream.svg beside itself.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

CODE = '''"""Refunds of paid orders."""

from decimal import Decimal

from shop.errors import RefundError
from shop.ledger import Ledger, Order


def refundable(order: Order) -> Decimal:
    return order.total - order.ledger.refunded()


def refund(order: Order, amount: Decimal) -> None:
    if amount > refundable(order):
        raise RefundError(order.id)
    order.ledger.append(-amount)


class Desk:
    """Where people get their money back."""

    def __init__(self, ledger: Ledger, limit: Decimal) -> None:
        self.ledger = ledger
        self.limit = limit

    def pay_back(self, order: Order, amount: Decimal) -> Decimal:
        amount = min(amount, self.limit, refundable(order))
        refund(order, amount)
        return amount

    def summary(self) -> str:
        amount = sum(self.ledger)
        return f"refunded {amount} of at most {self.limit}"
'''


def _repository(folder: Path) -> None:
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "refund.py").write_text(CODE)
    (folder / "shop" / "errors.py").write_text("class RefundError(Exception):\n    pass\n")
    (folder / "shop" / "ledger.py").write_text("class Order: ...\n\n\nclass Ledger: ...\n")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_refund.py").write_text(
        "def test_refund():\n    amount = 3\n    assert amount\n"
    )
    (folder / "README.md").write_text("# Shop\n")
    identity = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*identity, "commit", "-qm", "shop"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


async def _take(folder: Path) -> None:
    from spark_tui.adapters.theme_files import load_themes
    from spark_tui.cli.compose import build
    from spark_tui.ui.app import AppOptions, SparkApp

    built = await build(str(folder), argparse.Namespace(rate=45.0, trace=""))
    app = SparkApp(built.engine, load_themes().specs, AppOptions("spark-dark", ["shop/refund.py"]))
    async with app.run_test(size=(132, 46)) as pilot:
        decisions = built.engine.decisions

        async def until(hunks: int, rows: int) -> None:
            """Wait until that many hunks are there, the last with that many rows."""
            while True:
                found = [hunk for file in decisions.review.files() for hunk in file.hunks]
                if len(found) >= hunks and len(found[hunks - 1].rows) >= rows:
                    return
                await pilot.pause(0.02)

        await pilot.pause(1.0)
        await pilot.press("f7", *"rename amount to euros")
        await pilot.press("enter")
        await until(2, 0)
        await pilot.press("f4")
        await pilot.pause(0.4)
        await pilot.press("a")
        await until(2, 6)
        (HERE / "midstream.svg").write_text(app.export_screenshot(title="spark-tui"))
    await built.close()


def main() -> None:
    """Make a small repository, pair in it, and keep what the screen shows half-way."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["SPARK_TUI_HOME"] = f"{place}/home"
        _repository(Path(place) / "shop-api")
        asyncio.run(_take(Path(place) / "shop-api"))


if __name__ == "__main__":
    main()
