"""The pages of the app: where each is, what it is called, and the sentences with which it begins."""

from typing import NamedTuple


class Page(NamedTuple):
    """One page: its name, its file as Streamlit wants it, its icon, its first sentences in Markdown, and its link."""

    name: str
    path: str
    icon: str
    words: str
    short: str = ""  # its name in the navigation, if that is another one

    @property
    def label(self) -> str:
        """What the navigation calls it."""
        return self.short or self.name

    @property
    def address(self) -> str:
        """Its name in the address; Home has none."""
        return "" if self.path == "app.py" else self.name.replace(" ", "_")


HOME = Page(
    "Home",
    "app.py",
    ":material/home:",
    "Draw a digit: two networks clean it at every stroke, **one trained with BatchNorm, one without**.",
)
DENOISE = Page(
    "Denoise",
    "pages/1_Denoise.py",
    ":material/draw:",
    "Draw a digit, cover it with noise, and watch two twins clean it: one trained with BatchNorm, one without.",
)
LATENT_SPACE = Page(
    "Latent space",
    "pages/2_Latent_space.py",
    ":material/explore:",
    "**Two numbers, z, say which digit it is.** Move over the map: the decoder draws the digit of every place.",
    short="Map",
)
GENERATE = Page(
    "Generate",
    "pages/3_Generate.py",
    ":material/auto_awesome:",
    "What the networks make up, and what they make of things they have never seen.",
)
TRAIN = Page(
    "Train",
    "pages/4_Train.py",
    ":material/model_training:",
    "Press a lesson: within seconds the curve falls and digits appear.",
)
RESULTS = Page(
    "Results",
    "pages/5_Results.py",
    ":material/table_chart:",
    "What the paper says, and what came of it when we ran it again. **Run it yourself:** a lesson shows each claim.",
)
LEARN = Page(
    "Learn",
    "pages/6_Learn.py",
    ":material/school:",
    "Guess first, then try it on the networks themselves, then see what is true.",
)
CLASS = Page(
    "Class",
    "pages/7_Class.py",
    ":material/groups:",
    "A class on its phones: they follow the teacher, answer, and give their own digits to a wall.",
)
PAGES = (HOME, LEARN, DENOISE, LATENT_SPACE, GENERATE, TRAIN, RESULTS, CLASS)
