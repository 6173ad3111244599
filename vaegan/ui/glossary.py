"""The glossary: what each term means in one sentence, shown where it stands on a page, by mouse, finger or keyboard.

In the text of a page, `explain` marks terms; `say` and `note` draw what it makes, as Markdown and in small print:

    say("Lower noise, higher PSNR.")

In the JavaScript of a stage, `term("PSNR")` of `vaegan/web/term.js` makes the same mark; in its HTML one writes
`<span class="term" role="button" tabindex="0" data-term="PSNR">PSNR</span>`. Whatever has this mark shows the sentence
when it is pointed at, touched or focused: `meanings`, which is on every page, sees to that, also within stages.
"""

import html
import re
from functools import cache
from typing import Any, Literal, NamedTuple

import streamlit as st

from vaegan.lessons.lent import terms_lent
from vaegan.ui.component import component
from vaegan.ui.language import lent, lent_terms, of_page

_component = component("meanings")


class Term(NamedTuple):
    """What a term means, whether more of it is better or worse, and how it is also written."""

    sentence: str
    better: Literal["higher", "lower"] | None = None
    also: tuple[str, ...] = ()


TERMS = {
    "VAE": Term(
        "A variational autoencoder squeezes a digit into a few numbers and draws it again from them; noise does not "
        "fit through, so it stays behind.",
        also=("variational autoencoder",),
    ),
    "GAN": Term(
        "A second network, the discriminator, learns to tell drawn digits from real ones, and so pushes the first to "
        "draw what looks real.",
        also=("generative adversarial network",),
    ),
    "VAE-GAN": Term(
        "A VAE squeezes a digit into a few numbers and draws it again; the GAN adds a second network that tells drawn "
        "digits from real ones, so that the first draws what looks real."
    ),
    "BatchNorm": Term(
        "Batch normalization brings what flows between layers to a common mean and spread while a network learns: one "
        "twin has it, the other does not.",
        also=("batch normalization",),
    ),
    "autoencoder": Term("A network that squeezes a picture into a few numbers and draws it again from them."),
    "encoder": Term("The half of a VAE that turns a picture into a few numbers: it says where z lies for it."),
    "decoder": Term("The half of a VAE that draws a picture from the few numbers z."),
    "discriminator": Term("A network that says how likely it is that a picture is a real digit and not a drawn one."),
    "latent space": Term("All that z can be: to each place in it belongs the picture that the decoder draws there."),
    "latent dimension": Term("One of the numbers that z consists of.", also=("latent", "dimension of z")),
    "z": Term("The few numbers into which the encoder squeezes a picture, and from which the decoder draws one."),
    "mu": Term("The middle of where the encoder puts a picture: what it deems the likeliest z."),
    "sigma": Term("How unsure the encoder is of each number of z: while it learns, z is drawn this widely around mu."),
    "prior": Term(
        "Where z may lie before any picture is seen, and from where it is drawn for new digits.",
        also=("standard prior", "prior's"),
    ),
    "fitted prior": Term(
        "Where the encoder really puts digits, measured after training: z is then drawn from there, and not from "
        "places where the decoder has never learned what to draw."
    ),
    "posterior": Term("Where z may lie once a picture is seen: a cloud around mu, as wide as sigma."),
    "aggregate posterior": Term("The clouds of all real digits together: where the encoder puts what it knows."),
    "N(0, I)": Term("The standard normal distribution: each number of z varies around 0 with a spread of 1."),
    "KL": Term(
        "The Kullback-Leibler divergence, in nats: how much z tells about a digit, measured by how far the encoder's "
        "cloud for it is from the prior.",
        also=("KL divergence", "Kullback-Leibler divergence"),
    ),
    "nats": Term("A unit of information, as bits are: 1 nat is 1.44 bits.", also=("nat",)),
    "PSNR": Term(
        "Peak signal-to-noise ratio, in decibels: how near the pixels are to the clean digit's.",
        "higher",
        also=("peak signal-to-noise ratio",),
    ),
    "SSIM": Term(
        "Structural similarity to the clean digit, 1 at most: do edges and shapes agree?",
        "higher",
        also=("structural similarity",),
    ),
    "Fréchet distance": Term(
        "How far a sheet of made-up digits is, as a whole, from real ones, in what a classifier sees of them.",
        "lower",
        also=("Fréchet",),
    ),
    "precision": Term("The share of made-up digits that lie among real ones.", "higher"),
    "recall": Term("The share of real digits that lie among made-up ones.", "higher"),
    "coverage": Term(
        "How many of the ten digits are among those made up; the package prdc means something else by it, the share of "
        "real digits with a made-up one beside them.",
        "higher",
    ),
    "loss": Term("The number that training brings down: how wrong the network still is.", "lower", also=("losses",)),
    "test loss": Term(
        "The loss on digits that the network has not learned from.", "lower", also=("test losses", "held-out loss")
    ),
    "epoch": Term("One round of training, in which the network sees each training digit once."),
    "batch": Term("The digits that a network sees at once, before its weights take one step.", also=("batches",)),
    "learning rate": Term("How large a step the weights take after each batch."),
    "gradient": Term("Which way, and how strongly, a loss pulls the weights of a network."),
    "KL weight": Term("How much the KL counts in the loss, beside how like the digit the picture is."),
    "adversarial term": Term("The part of the loss that is small when the discriminator takes drawn digits for real."),
    "cross-entropy": Term(
        "How badly the network's brightness of each pixel predicts the digit's, summed over all pixels.",
        "lower",
        also=("BCE", "binary cross-entropy"),
    ),
    "ELBO": Term(
        "The evidence lower bound, in nats, which training raises: reconstruction and KL together, with z drawn at "
        "random.",
        "higher",
        also=("evidence lower bound",),
    ),
    "importance-weighted bound": Term(
        "The same bound from many draws of z for each digit: nearer to what the VAE truly reaches.", "higher"
    ),
    "overfitting": Term("Learning the training digits by heart: the loss on other digits then rises again."),
    "Adam": Term("The rule that turns gradients into steps: it gives each weight a step size of its own."),
    "standard deviation": Term("How widely values spread around their mean; two in three lie within one of it."),
    "seed": Term("The number from which all chance follows: the same seed brings the same again."),
    "checkpoint": Term("A trained network, kept as a file."),
    "MNIST": Term("70,000 digits that people wrote by hand, of 28 × 28 pixels: 60,000 to learn from, 10,000 to test."),
    "quantile": Term("A place that is given by how much of a distribution lies below it."),
    "convolutional": Term("Made of small filters that are the same at every place of the picture."),
    "dense layers": Term("Layers of a network in which every output depends on every input."),
    "weights": Term("The numbers in a network that training sets."),
}
IDEAS = ("VAE", "GAN", "BatchNorm")  # what the first screens explain without being asked
_SKIPPED = r"`[^`]*`|\]\([^)]*\)|:\w+[\[:]|https?://\S+"  # code, addresses and directives of Markdown


def meaning(name: str) -> str:
    """What a term, a key of TERMS, means: its sentence, and which way is better."""
    sentence, better, _ = TERMS[name]
    if name in (translated := lent_terms()):
        sentence = translated[name].sentence
    return f"{sentence} {lent(f'{better.capitalize()} is better.')}" if better else sentence


def term(name: str, shown: str | None = None) -> str:
    """The HTML of a term, a key of TERMS, that shows its meaning; `shown` is how it is written here."""
    words = html.escape(shown or name)
    return f'<span class="term" role="button" tabindex="0" data-term="{_known(name)}">{words}</span>'


def explain(text: str, *names: str) -> str:
    """`text`, Markdown or plain, as Markdown or HTML in which the first mention of each of these terms is marked.

    Without names all terms are marked that stand there. HTML in `text` is escaped.
    """
    wanted = {_known(name) for name in names} or set(TERMS)
    done: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        name = name_of(match["term"]) if match["term"] else None
        if name is None or name not in wanted or name in done:
            return match[0]
        done.add(name)
        return term(name, html.unescape(match[0]))

    return _pattern(of_page()).sub(mark, html.escape(text, quote=False).replace("&gt;", ">"))


def say(words: str) -> None:
    """Draw Markdown in which the terms are marked."""
    st.markdown(explain(words), unsafe_allow_html=True)


def note(words: str, **options: Any) -> None:
    """The same in small print; `options` are those of st.caption."""
    st.caption(explain(words), unsafe_allow_html=True, **options)


def mentioned(text: str) -> list[str]:
    """The terms that a text uses, each once, in the order in which they stand there."""
    return list(dict.fromkeys(name_of(match["term"]) for match in _pattern(of_page()).finditer(text) if match["term"]))


def name_of(words: str) -> str:
    """The term that is written so, in any of its forms."""
    forms = _forms(of_page())
    return forms[words if words in forms else words[0].lower() + words[1:]]


def meanings() -> None:
    """What shows the meaning of every term on the page, in stages too. `begin_page` calls it."""
    _component(key="meanings", data={name: meaning(name) for name in TERMS})


def _known(name: str) -> str:
    if name not in TERMS:
        raise KeyError(f"{name!r} is no term of the glossary")
    return name


@cache
def _forms(spoken: str) -> dict[str, str]:
    """Every way to write a term, in the singular and the plural, to its name; longer ones first.

    In another language it may be written as in English, too.
    """
    forms = {form: name for name, each in TERMS.items() for form in (name, *each.also)}
    forms |= {form: name for name, each in terms_lent(spoken).items() for form in each.also}
    forms |= {f"{form}s": name for form, name in forms.items() if form[-1].isalpha() and len(form) > 2}
    return dict(sorted(forms.items(), key=lambda pair: -len(pair[0])))


@cache
def _pattern(spoken: str) -> re.Pattern[str]:
    forms = "|".join(
        f"[{form[0]}{form[0].upper()}]{re.escape(form[1:])}" if form[0].islower() and len(form) > 1 else re.escape(form)
        for form in _forms(spoken)
    )
    return re.compile(rf"{_SKIPPED}|(?<![\w-])(?P<term>{forms})(?![\w-])")
