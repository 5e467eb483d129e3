"""The shipped themes: each works in Textual, reads well by WCAG 2.2, and keeps what its first line promises."""

import itertools
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.color import Color, Lab, rgb_to_lab
from textual.filter import dim_color
from textual.theme import Theme
from textual.widgets import Static

from tui.theme_files import ThemeFile, load_themes
from tui.themed_app import textual_theme

FOLDER = Path(__file__).resolve().parent.parent / "themes"
THEMES = {theme.name: theme for theme in load_themes(FOLDER / "none")[0]}
HEX_THEMES = [name for name, theme in THEMES.items() if theme.colors["background"].startswith("#")]
ANSI_THEMES = [name for name in THEMES if name not in HEX_THEMES]
GROUNDS = ("background", "surface", "panel")
TONES = ("primary", "secondary", "accent", "success", "warning", "error")
TEXTS = ("foreground", "text", "text-muted", *TONES, *(f"text-{tone}" for tone in TONES))
PAIRS = [
    *itertools.product(TEXTS, GROUNDS),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("screen-selection-foreground", "screen-selection-background"),
]
# The terminal's own sixteen, as xterm names them.
ANSI_16 = {
    f"ansi_{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
}
# What dichromats see: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
VISIONS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
Triple = tuple[float, float, float]


class PairsApp(App[None]):
    """Each pair of text and ground in a widget of its own."""

    CSS = "\n".join(
        f"#pair-{number} {{ color: ${text}; background: ${ground}; }}" for number, (text, ground) in enumerate(PAIRS)
    )

    def __init__(self, theme: ThemeFile, *, ansi: bool) -> None:
        super().__init__()
        self._file = theme
        self._ansi = ansi

    def on_mount(self) -> None:
        self.register_theme(replace(textual_theme(self._file), ansi=self._ansi))
        self.theme = self._file.name

    def compose(self) -> ComposeResult:
        for number, (text, ground) in enumerate(PAIRS):
            yield Static(f"{text} on {ground}", id=f"pair-{number}", markup=False)


async def shown_colors(theme: ThemeFile, *, ansi: bool = False) -> dict[tuple[str, str], tuple[Color, Color]]:
    """What Textual's style sheet makes of each pair: the text's colour and its ground."""
    app = PairsApp(theme, ansi=ansi)
    async with app.run_test() as pilot:
        await pilot.pause()
        found = [app.query_one(f"#pair-{number}", Static).colors for number in range(len(PAIRS))]
    return {pair: (ground + text, ground) for pair, (_, _, ground, text) in zip(PAIRS, found, strict=True)}


def linear(color: Color) -> Triple:
    """WCAG 2.2, relative luminance: each channel from 0 to 1, without the screen's gamma."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in color.normalized
    )
    return red, green, blue


def luminance(channels: Triple) -> float:
    red, green, blue = channels
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """WCAG 2.2, contrast ratio: from 1 to 21."""
    dark, light = sorted((luminance(linear(one)), luminance(linear(other))))
    return (light + 0.05) / (dark + 0.05)


def as_seen(color: Color, vision: str) -> Lab:
    """The colour as a dichromat sees it."""
    channels = linear(color)
    mixed = [sum(w * c for w, c in zip(row, channels, strict=True)) for row in VISIONS[vision]]
    red, green, blue = (
        round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055))
        for c in (min(max(value, 0.0), 1.0) for value in mixed)
    )
    return rgb_to_lab(Color(red, green, blue))


def distance(one: Lab, other: Lab) -> float:
    """CIE 1976 colour difference; 2.3 is just noticeable."""
    return float(((one.L - other.L) ** 2 + (one.a - other.a) ** 2 + (one.b - other.b) ** 2) ** 0.5)


def test_every_file_is_a_theme_of_its_own_and_says_what_it_is_for() -> None:
    files = sorted(FOLDER.glob("*.toml"))
    assert load_themes(FOLDER / "none")[1] == []
    assert {file.stem for file in files} == set(THEMES) >= {"streamscope-dark", "streamscope-light", "high-contrast"}
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert tomllib.loads(text)["name"] == file.stem
        assert text.startswith(("# For ", "# The default, for "))


@pytest.mark.parametrize("name", THEMES)
def test_each_variable_is_one_that_textual_has(name: str) -> None:
    generated = Theme("bare", primary="#000000").to_color_system().generate()
    assert set(THEMES[name].variables) <= {*generated, "ansi-background", "ansi-foreground"}


@pytest.mark.parametrize("name", HEX_THEMES)
async def test_text_reads_well_on_every_ground(name: str) -> None:
    least = 7.0 if name == "high-contrast" else 4.5
    shown = await shown_colors(THEMES[name])
    poor = {pair: ratio for pair, colors in shown.items() if (ratio := contrast(*colors)) < least}
    assert poor == {}


@pytest.mark.parametrize("name", HEX_THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_dim_text_reads_well_too(name: str, ground: str) -> None:
    colors = {key: Color.parse(value) for key, value in THEMES[name].colors.items()}
    dim = Color.from_rich_color(dim_color(colors[ground].rich_color, colors["foreground"].rich_color))
    assert contrast(dim, colors[ground]) >= 4.5


def test_high_contrast_has_borders_that_can_be_seen() -> None:
    theme = THEMES["high-contrast"]
    for border, ground in itertools.product(("border", "border-blurred", "scrollbar"), GROUNDS):
        assert contrast(Color.parse(theme.variables[border]), Color.parse(theme.colors[ground])) >= 3.0


@pytest.mark.parametrize("vision", VISIONS)
def test_colour_blind_tells_good_doubtful_and_bad_apart(vision: str) -> None:
    colors = THEMES["colour-blind"].colors
    seen = {tone: as_seen(Color.parse(colors[tone]), vision) for tone in ("success", "warning", "error", "foreground")}
    close = {pair for pair in itertools.combinations(seen, 2) if distance(seen[pair[0]], seen[pair[1]]) < 20}
    assert close == set()


def test_an_ordinary_red_and_green_would_not_pass_as_colour_blind() -> None:
    red, green = (as_seen(Color.parse(color), "deutan") for color in ("#c05a4a", "#7f8f3a"))
    assert distance(red, green) < 20


@pytest.mark.parametrize("ansi", [False, True], ids=["as RGB", "as the terminal has them"])
@pytest.mark.parametrize("name", ANSI_THEMES)
async def test_ansi_themes_use_the_sixteen_colours_of_the_terminal_only(name: str, *, ansi: bool) -> None:
    theme = THEMES[name]
    named = [value for key, value in theme.variables.items() if not key.endswith("-style")]
    assert {*theme.colors.values(), *named} <= {*ANSI_16, "ansi_default"}
    for text, ground in (await shown_colors(theme, ansi=ansi)).values():
        assert text.ansi is not None
        assert ground.ansi is not None


@pytest.mark.parametrize("name", ANSI_THEMES)
def test_ansi_themes_leave_the_terminal_its_own_ground(name: str) -> None:
    colors = THEMES[name].colors
    assert {colors[key] for key in ("foreground", *GROUNDS)} == {"ansi_default"}


def test_there_is_an_ansi_theme() -> None:
    assert ANSI_THEMES == ["ansi"]
