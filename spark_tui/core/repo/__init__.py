"""The repository as data: facts about its files, skeletons, and the ranking of files for a prompt. Pure."""

from spark_tui.core.repo.facts import Definition, FileFacts, Kept, PastCommit, RepoFacts, Terms
from spark_tui.core.repo.query import Query, Ranked
from spark_tui.core.repo.ranking import Ranker, rank
from spark_tui.core.repo.skeleton import ELISION, skeleton_text, small_skeleton, telling_rows
from spark_tui.core.repo.words import stems, words_in

__all__ = [
    "ELISION",
    "Definition",
    "FileFacts",
    "Kept",
    "PastCommit",
    "Query",
    "Ranked",
    "Ranker",
    "RepoFacts",
    "Terms",
    "rank",
    "skeleton_text",
    "small_skeleton",
    "stems",
    "telling_rows",
    "words_in",
]
