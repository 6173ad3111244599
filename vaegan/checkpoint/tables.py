"""Checkpoints' cards as the Markdown tables of the READMEs."""

from collections.abc import Mapping, Sequence

from vaegan.checkpoint.card import Card, Measurement

# What `evaluate --all` adds: a column's head, the value on the card, its format.
APPRAISED = (
    ("ELBO", "elbo", ".2f"),
    ("ELBO, binarised", "elbo_binarised", ".2f"),
    ("IWAE, k = 100", "iwae_100", ".2f"),
    ("active units", "active_units", ".0f"),
    ("kNN on mu", "knn_accuracy", ".2%"),
    ("Fréchet", "frechet", ".1f"),
    ("its floor", "frechet_floor", ".1f"),
    ("precision", "precision", ".3f"),
    ("recall", "recall", ".3f"),
    ("coverage", "coverage", ".0f"),
)


def checkpoint_table(cards: Sequence[Card]) -> str:
    """What each was trained on, its test loss on clean digits, PSNR and SSIM under each noise of the cards."""
    noises = list(dict.fromkeys(_noise_name(found) for card in cards for found in card.metrics))
    lines = [["checkpoint", "d", "hidden", "norm", "adv", "trained on", "epochs", "test loss", *noises]]
    for card in cards:
        model, trained = card.config.model, card.config.noise.noise_kinds
        found = {_noise_name(one): one.values for one in card.metrics if one.data == card.data}
        cells = [_quality(found.get(name, {})) for name in noises]
        test_loss = _formatted(found.get("clean", {}), "test_loss", ".2f")
        facts = [f"`{card.name}`", model.latent_dim, model.hidden, model.norm, f"{card.config.weights.adv:g}"]
        facts += ["mixed noise" if trained else "clean", card.epochs]
        lines.append([*map(str, facts), test_loss, *cells])
    return _markdown(lines)


def appraisal_table(cards: Sequence[Card]) -> str:
    """What `evaluate --all` adds, on clean test digits."""
    lines = [["checkpoint", *(head for head, *_ in APPRAISED)]]
    for card in cards:
        values = card.metrics[0].values if card.metrics else {}
        lines.append([f"`{card.name}`", *(_formatted(values, name, form) for _, name, form in APPRAISED)])
    return _markdown(lines)


def _quality(values: Mapping[str, float]) -> str:
    return f"{values['psnr']:.2f} / {values['ssim']:.3f}" if "psnr" in values else ""


def _formatted(values: Mapping[str, float], name: str, form: str) -> str:
    return format(values[name], form) if name in values else ""


def _noise_name(found: Measurement) -> str:
    return "clean" if found.noise is None else f"{found.noise.kind}:{found.noise.level:g}"


def _markdown(lines: Sequence[Sequence[str]]) -> str:
    head, *rest = lines
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *rest))
