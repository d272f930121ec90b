"""Which language a file is written in: one table, asked by name, by extension, and by the first line.

Nothing here loads a grammar.
"""

import re

from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the language table."""

    name: str
    """What the rest of the program calls it."""
    wheel: str
    """The module of the grammar wheel."""
    factory: str
    """The function in that module which gives the grammar."""
    queries: tuple[str, ...]
    """Highlight queries, later ones winning: a wheel's module name, or the name of a file in `queries/`."""
    extensions: tuple[str, ...]
    """File name endings, lower case, without the dot."""
    filenames: tuple[str, ...] = ()
    """Whole file names, lower case."""
    interpreters: tuple[str, ...] = ()
    """What stands after `#!` in scripts."""


_ROWS = (
    Language(
        "python",
        "tree_sitter_python",
        "language",
        ("tree_sitter_python", "python.scm"),
        ("py", "pyi", "pyw", "pyx"),
        ("sconstruct", "sconscript", "wscript", ".pythonrc"),
        ("python", "pypy"),
    ),
    Language(
        "javascript",
        "tree_sitter_javascript",
        "language",
        ("tree_sitter_javascript", "javascript.scm", "jsx.scm"),
        ("js", "mjs", "cjs", "jsx"),
        ("jakefile",),
        ("node", "nodejs", "bun"),
    ),
    Language(
        "typescript",
        "tree_sitter_typescript",
        "language_typescript",
        ("tree_sitter_javascript", "tree_sitter_typescript", "javascript.scm", "typescript.scm"),
        ("ts", "mts", "cts"),
        (),
        ("deno", "ts-node", "tsx"),
    ),
    Language(
        "tsx",
        "tree_sitter_typescript",
        "language_tsx",
        ("tree_sitter_javascript", "tree_sitter_typescript", "javascript.scm", "typescript.scm", "jsx.scm"),
        ("tsx",),
    ),
    Language(
        "rust",
        "tree_sitter_rust",
        "language",
        ("tree_sitter_rust", "rust.scm"),
        ("rs",),
        (),
        ("rust-script",),
    ),
    Language("go", "tree_sitter_go", "language", ("go.scm",), ("go",)),
    Language("c", "tree_sitter_c", "language", ("tree_sitter_c", "c.scm"), ("c", "h")),
    Language(
        "cpp",
        "tree_sitter_cpp",
        "language",
        ("tree_sitter_c", "tree_sitter_cpp", "c.scm", "cpp.scm"),
        ("cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "inl", "ipp", "cu", "cuh", "ino"),
    ),
    Language("java", "tree_sitter_java", "language", ("tree_sitter_java", "java.scm"), ("java", "jav")),
    Language("c_sharp", "tree_sitter_c_sharp", "language", ("c_sharp.scm",), ("cs", "csx")),
    Language(
        "ruby",
        "tree_sitter_ruby",
        "language",
        ("tree_sitter_ruby", "ruby.scm"),
        ("rb", "rake", "gemspec", "ru", "rbi", "podspec"),
        ("rakefile", "gemfile", "guardfile", "vagrantfile", "podfile", "fastfile", "brewfile", ".irbrc"),
        ("ruby", "jruby"),
    ),
    Language(
        "php",
        "tree_sitter_php",
        "language_php",
        ("tree_sitter_php",),
        ("php", "phtml", "php5", "php7", "phpt"),
        (),
        ("php",),
    ),
    Language(
        "bash",
        "tree_sitter_bash",
        "language",
        ("tree_sitter_bash", "bash.scm"),
        ("sh", "bash", "zsh", "ksh", "bats", "ebuild", "command"),
        (
            ".bashrc",
            ".bash_profile",
            ".bash_aliases",
            ".bash_logout",
            ".profile",
            ".zshrc",
            ".zshenv",
            ".zprofile",
            "pkgbuild",
            "apkbuild",
            ".envrc",
        ),
        ("sh", "bash", "zsh", "dash", "ksh", "ash", "bats"),
    ),
    Language("html", "tree_sitter_html", "language", ("tree_sitter_html",), ("html", "htm", "xhtml")),
    Language("css", "tree_sitter_css", "language", ("tree_sitter_css",), ("css",)),
    Language(
        "json",
        "tree_sitter_json",
        "language",
        ("tree_sitter_json", "json.scm"),
        ("json", "jsonc", "jsonl", "ndjson", "geojson", "webmanifest", "ipynb", "code-workspace"),
        (".babelrc", ".eslintrc", ".prettierrc", "composer.lock", "flake.lock", "pipfile.lock"),
    ),
    Language(
        "toml",
        "tree_sitter_toml",
        "language",
        ("tree_sitter_toml",),
        ("toml",),
        ("cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "pipfile"),
    ),
    Language(
        "yaml",
        "tree_sitter_yaml",
        "language",
        ("tree_sitter_yaml",),
        ("yaml", "yml"),
        (".clang-format", ".clang-tidy", "pubspec.lock", "citation.cff"),
    ),
    Language(
        "sql",
        "tree_sitter_sql",
        "language",
        ("tree_sitter_sql",),
        ("sql", "ddl", "psql", "pgsql"),
    ),
    Language(
        "markdown",
        "tree_sitter_markdown",
        "language",
        ("markdown.scm",),
        ("md", "markdown", "mdown", "mkd"),
    ),
)

LANGUAGES: dict[str, Language] = {row.name: row for row in _ROWS}
"""Every language by name."""

_BY_EXTENSION = {extension: row.name for row in _ROWS for extension in row.extensions}
_BY_FILENAME = {filename: row.name for row in _ROWS for filename in row.filenames}
_BY_INTERPRETER = {interpreter: row.name for row in _ROWS for interpreter in row.interpreters}
_LONGEST_SHEBANG = 256
_VERSION = re.compile(r"[0-9.]+$")


def language_for(path: str, first_line: str = "") -> str | None:
    """The language of a file by its name, else by its `#!` line; None if the table does not know it."""
    filename = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if filename in _BY_FILENAME:
        return _BY_FILENAME[filename]
    _, dot, extension = filename.rpartition(".")
    if dot and extension in _BY_EXTENSION:
        return _BY_EXTENSION[extension]
    return _by_shebang(first_line[:_LONGEST_SHEBANG])


def _by_shebang(first_line: str) -> str | None:
    line = first_line.lstrip("\ufeff")
    if not line.startswith("#!"):
        return None
    words = line[2:].split()
    programs = [
        word.rsplit("/", 1)[-1].lower() for word in words if not word.startswith("-") and "=" not in word
    ]
    if programs and programs[0] == "env":
        programs = programs[1:]
    if not programs:
        return None
    return _BY_INTERPRETER.get(programs[0]) or _BY_INTERPRETER.get(_VERSION.sub("", programs[0]))
