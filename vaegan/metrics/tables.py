"""Checkpoints' cards as the Markdown tables of the READMEs."""

from collections.abc import Mapping, Sequence

from vaegan.checkpoint.card import Card
from vaegan.config import NoiseConfig
from vaegan.metrics import registry
from vaegan.metrics.markdown import table
from vaegan.model.networks import shape

SHORT_NAMES = {"latent_dim": "d", "hidden_dim": "hidden"}  # of settings, in the head of a table


def checkpoint_table(cards: Sequence[Card]) -> str:
    """A row for each checkpoint: training, test loss on clean digits, PSNR and SSIM under each noise of the cards."""
    noises = list(dict.fromkeys(noise_name(measurement.noise) for card in cards for measurement in card.metrics))
    networks = network_columns(cards)
    rows = []
    for card, *network in zip(cards, *networks.values(), strict=True):
        values = {
            noise_name(measurement.noise): measurement.values
            for measurement in card.metrics
            if measurement.data == card.data
        }
        trained_on = "mixed noise" if card.config.noise.noise_kinds else "clean"
        facts = [f"`{card.name}`", *network, f"{card.config.weights.adv:g}", trained_on, str(card.epochs)]
        test_loss = _formatted(values.get("clean", {}), "test_loss", ".2f")
        rows.append([*facts, test_loss, *(_quality(values.get(name, {})) for name in noises)])
    head = ("checkpoint", *networks, "adv", "trained on", "epochs", "test loss", *noises)
    return table(head, rows)


def network_columns(cards: Sequence[Card]) -> dict[str, list[str]]:
    """The settings that decide the networks' shapes, as columns by their heads: a cell for each card, or an empty one.

    Architecture and spectral normalisation are columns only where the cards differ in them.
    """
    shapes = [shape(card.config.model) for card in cards]
    names = list(dict.fromkeys(name for settings in shapes for name in settings))
    alike = {name for name in ("architecture", "spectral_norm") if len({settings[name] for settings in shapes}) == 1}
    names = [name for name in names if name not in alike]
    return {SHORT_NAMES.get(name, name): [str(settings.get(name, "")) for settings in shapes] for name in names}


def appraisal_table(cards: Sequence[Card]) -> str:
    """What `evaluate --all` adds, on clean test digits: what has a column in the registry and is on a card."""
    measured = [card.metrics[0].values if card.metrics else {} for card in cards]
    columns = [metric for metric in registry.CLEAN if metric.head and any(metric.name in values for values in measured)]
    rows = []
    for card, values in zip(cards, measured, strict=True):
        rows.append([f"`{card.name}`", *(_formatted(values, metric.name, metric.form) for metric in columns)])
    return table(("checkpoint", *(metric.head for metric in columns)), rows)


def noise_name(noise: NoiseConfig | None) -> str:
    """KIND:LEVEL, as the command line takes it; "clean" for none."""
    return "clean" if noise is None else f"{noise.kind}:{noise.level:g}"


def _quality(values: Mapping[str, float]) -> str:
    return f"{values['psnr']:.2f} / {values['ssim']:.3f}" if "psnr" in values else ""


def _formatted(values: Mapping[str, float], name: str, form: str) -> str:
    return format(values[name], form) if name in values else ""
