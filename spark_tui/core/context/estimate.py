"""What our count of tokens says about a model that may count otherwise: a margin, and what its server taught us."""

import math
import re

from spark_tui.core.values import dataclass

MARGIN = 0.15
"""Share that is added to counts for a model whose tokenizer is not known."""
LEARNED_MARGIN = 0.03
"""Share that is added once its server has said how it counts."""
_LEAST, _MOST = 0.5, 3.0
_FORGETS = 0.2
"""How much of the way a ratio goes down with every answer; up it goes at once."""
_O200K = re.compile(
    r"(?:.*/)?(?:gpt-(?:4o|4\.1|4\.5|5|6|oss)|o[134](?:-|$)|chatgpt-4o|codex|rehearsal)", re.IGNORECASE
)


def is_o200k(slug: str) -> bool:
    """Whether a model, by the provider's name for it, is known to count with the vocabulary that we have."""
    return _O200K.match(slug) is not None


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns our counts into a model's."""

    is_known: bool
    """Whether the model counts with our vocabulary."""
    ratio: float | None = None
    """Its tokens per token of ours, as learned."""

    @property
    def factor(self) -> float:
        """What a count is multiplied by; never less than 1 for a known vocabulary."""
        if self.is_known:
            return max(self.ratio or 1.0, 1.0)
        return 1 + MARGIN if self.ratio is None else self.ratio * (1 + LEARNED_MARGIN)

    def of(self, count: int) -> int:
        """Tokens of the model for a count of ours."""
        return count if self.factor == 1.0 else math.ceil(count * self.factor)

    @property
    def is_exact(self) -> bool:
        """Whether counts need no correction."""
        return self.is_known and self.factor == 1.0

    def learn(self, ours: int, theirs: int) -> "Scale":
        """Take in how a server counted a request that we counted too; small ones say little."""
        if ours < 200 or theirs <= 0:
            return self
        seen = min(max(theirs / ours, _LEAST), _MOST)
        known = self.ratio
        ratio = seen if known is None or seen > known else known + (seen - known) * _FORGETS
        return Scale(self.is_known, ratio)
