"""The only room that knows tree-sitter: languages, incremental highlighting, and nodes. CPU only."""

from spark_tui.syntax.facts import SourceFacts, source_facts
from spark_tui.syntax.faults import Fault, FaultFinder
from spark_tui.syntax.languages import LANGUAGES, Language, language_for
from spark_tui.syntax.nodes import Node, Source, parse_source
from spark_tui.syntax.outline import Symbol, outline
from spark_tui.syntax.skeleton import skeleton
from spark_tui.syntax.spans import CAPTURES, LineSpan
from spark_tui.syntax.tree import SyntaxTree

__all__ = [
    "CAPTURES",
    "LANGUAGES",
    "Fault",
    "FaultFinder",
    "Language",
    "LineSpan",
    "Node",
    "Source",
    "SourceFacts",
    "Symbol",
    "SyntaxTree",
    "language_for",
    "outline",
    "parse_source",
    "skeleton",
    "source_facts",
]
