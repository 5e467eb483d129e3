"""Code as rows of coloured spans, sanitised first. Nothing is coloured before it is asked for.

A short block is read as a whole, so that strings and comments over several lines are right; of a long one only the
lines that are drawn are read, each by itself. Only well-known languages are coloured: a name from the text chooses
nothing else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import Token, _TokenType  # type: ignore[import-untyped]

from tui.core.sanitize import sanitize
from tui.panes.line_view import Span

_WHOLE_CHARS: Final = 6_000
_WHOLE_OPEN_CHARS: Final = 3_000  # of a block that still grows: it is read anew with each line
_LINE_CHARS: Final = 1_000  # longer lines stay plain, and are drawn to here only

_STYLES: Final = {
    Token.Comment: "syntax--comment",
    Token.Keyword: "syntax--keyword",
    Token.Operator.Word: "syntax--keyword",
    Token.Literal.String: "syntax--string",
    Token.Literal.Number: "syntax--number",
    Token.Name.Function: "syntax--name",
    Token.Name.Class: "syntax--name",
    Token.Name.Decorator: "syntax--name",
    Token.Name.Builtin: "syntax--name",
    Token.Name.Tag: "syntax--keyword",
    Token.Name.Attribute: "syntax--name",
    Token.Generic.Inserted: "syntax--string",
    Token.Generic.Deleted: "syntax--number",
}

# Name in the text -> (name of the lexer, suffix of a file). The lexer is empty where plain text is as good.
_LANGUAGES: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(("python", "py", "python3"), ("python", ".py")),
    **dict.fromkeys(("javascript", "js", "node", "mjs"), ("javascript", ".js")),
    **dict.fromkeys(("jsx", "tsx"), ("typescript", ".tsx")),
    **dict.fromkeys(("typescript", "ts"), ("typescript", ".ts")),
    **dict.fromkeys(("json", "jsonc"), ("json", ".json")),
    **dict.fromkeys(("jsonl", "ndjson"), ("json", ".jsonl")),
    **dict.fromkeys(("bash", "sh", "shell", "zsh"), ("bash", ".sh")),
    **dict.fromkeys(("console", "shell-session"), ("", ".txt")),
    **dict.fromkeys(("powershell", "ps1"), ("powershell", ".ps1")),
    **dict.fromkeys(("html", "htm"), ("html", ".html")),
    **dict.fromkeys(("xml", "svg"), ("xml", ".xml")),
    **dict.fromkeys(("yaml", "yml"), ("yaml", ".yaml")),
    **dict.fromkeys(("markdown", "md"), ("", ".md")),
    **dict.fromkeys(("c", "h"), ("c", ".c")),
    **dict.fromkeys(("cpp", "c++", "cc", "hpp"), ("cpp", ".cpp")),
    **dict.fromkeys(("csharp", "cs", "c#"), ("csharp", ".cs")),
    **dict.fromkeys(("go", "golang"), ("go", ".go")),
    **dict.fromkeys(("rust", "rs"), ("rust", ".rs")),
    **dict.fromkeys(("ruby", "rb"), ("ruby", ".rb")),
    **dict.fromkeys(("kotlin", "kt"), ("kotlin", ".kt")),
    **dict.fromkeys(("docker", "dockerfile"), ("docker", ".dockerfile")),
    **dict.fromkeys(("make", "makefile"), ("make", ".mk")),
    **dict.fromkeys(("diff", "patch"), ("diff", ".diff")),
    **dict.fromkeys(("text", "txt", "plaintext"), ("", ".txt")),
    "java": ("java", ".java"),
    "swift": ("swift", ".swift"),
    "scala": ("", ".scala"),
    "php": ("php", ".php"),
    "lua": ("lua", ".lua"),
    "r": ("r", ".r"),
    "sql": ("sql", ".sql"),
    "css": ("css", ".css"),
    "scss": ("scss", ".scss"),
    "toml": ("toml", ".toml"),
    "ini": ("ini", ".ini"),
    "csv": ("", ".csv"),
}


def suffix_of(language: str | None) -> str:
    """The suffix of a file in a language, as ".py"; ".txt" for what is not known."""
    return _LANGUAGES.get((language or "").lower(), ("", ".txt"))[1]


def lexer_of(language: str | None) -> Lexer | None:
    """The reader of a language by its name in the text, None where there is none to use."""
    name = _LANGUAGES.get((language or "").lower(), ("", ""))[0]
    return _lexer(name) if name else None


@lru_cache(maxsize=len(_LANGUAGES))
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name)


COMMON_LANGUAGES: Final = ("python", "json", "javascript", "bash")
"""Worth loading while nothing happens: a reader takes 10 to 40 ms to make, which no stream should wait for."""


class HighlightedCode:
    """The lines of one block. `is_open` says that text may follow; its last line then stays plain."""

    def __init__(self, language: str | None, text: str = "", *, is_open: bool = False) -> None:
        self._language = language
        self._is_open = is_open
        self._lines: list[str] = []
        self._is_last_whole = True
        self._styled: dict[int, list[Span]] = {}
        self.length = 0
        self.add(text)

    @property
    def line_count(self) -> int:
        """How many lines there are; an unfinished last one counts."""
        return len(self._lines)

    def add(self, text: str) -> None:
        """Takes the next piece of an open block; the cost is that of the piece."""
        if not text:
            return
        self.length += len(text)
        pieces = sanitize(text).split("\n")
        if not self._is_last_whole:
            self._lines[-1] += pieces.pop(0)
        if pieces:
            self._is_last_whole = not pieces[-1]
            self._lines += pieces[:-1] if self._is_last_whole else pieces

    def text(self, line: int) -> str:
        """A whole line, sanitised."""
        return self._lines[line]

    def spans(self, line: int) -> list[Span]:
        """A line as it is drawn; a very long one is cut."""
        styled = self._styled.get(line)
        if styled is not None:
            return styled
        is_growing = self._is_open and not self._is_last_whole and line == len(self._lines) - 1
        if is_growing or len(self._lines[line]) > _LINE_CHARS:
            return [Span(self._lines[line][:_LINE_CHARS])]
        self._style(line)
        return self._styled[line]

    def _style(self, line: int) -> None:
        lexer = lexer_of(self._language)
        count = len(self._lines) if self._is_last_whole or not self._is_open else len(self._lines) - 1
        limit = _WHOLE_OPEN_CHARS if self._is_open else _WHOLE_CHARS
        if lexer is None:
            self._styled[line] = [Span(self._lines[line])]
        elif self.length <= limit and all(len(text) <= _LINE_CHARS for text in self._lines):
            self._styled = dict(enumerate(coloured(lexer, self._lines[:count])))
        else:
            self._styled[line] = coloured(lexer, [self._lines[line]])[0]


def coloured(lexer: Lexer, lines: list[str]) -> list[list[Span]]:
    """Sanitised lines that follow each other, in spans by what their parts are; plain where the reader fails."""
    text = "\n".join(lines) + "\n"
    spans: list[list[Span]] = [[]]
    read = 0
    try:
        for at, token, value in lexer.get_tokens_unprocessed(text):
            if at != read:
                break
            read += len(value)
            _add_token(spans, _style_of(token), value)
    except Exception:  # noqa: BLE001  a reader of other people's languages must not end the app over odd text
        read = -1
    if read != len(text):
        return [[Span(line)] for line in lines]
    return spans[: len(lines)]


def _add_token(spans: list[list[Span]], style: str, value: str) -> None:
    for index, piece in enumerate(value.split("\n")):
        if index:
            spans.append([])
        if piece:
            line = spans[-1]
            if line and line[-1].style == style:
                line[-1] = Span(line[-1].text + piece, style)
            else:
                line.append(Span(piece, style))


@lru_cache(maxsize=512)
def _style_of(token: _TokenType) -> str:
    """The style of a kind of token, or of the nearest kind that it belongs to."""
    kind: _TokenType | None = token
    while kind is not None:
        if kind in _STYLES:
            return _STYLES[kind]
        kind = kind.parent
    return ""
