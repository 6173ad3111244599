"""What runs are called."""

import pytest

from vaegan.data.mnist import Digits
from vaegan.lab.documents import Origin, Plan, make_plan
from vaegan.presets import preset
from vaegan.ui.charts import COLOURS
from vaegan.ui.run_names import names_of, own_name
from vaegan.ui.train.lessons import LESSONS
from vaegan.ui.train.looks import TWIN_COLOURS, looks_of


@pytest.fixture
def plans(sample: Digits, request: pytest.FixtureRequest) -> list[Plan]:
    entries = LESSONS[request.param].configs(len(sample.train_images))
    return [make_plan(config, sample, base) for base, config in entries]


NAMES = {
    "race": ["With BatchNorm", "Without BatchNorm"],
    "kl": ["KL weight 0", "KL weight 1", "KL weight 10"],
    "opponent": ["GAN weight 0", "GAN weight 20", "GAN weight 100"],
    "layers": ["Dense layers", "Convolutional layers, 12 filters"],
    "similarity": ["Pixel weight 1", "Feature weight 1"],
    "schedule": ["Constant learning rate", "Learning rate falls along a cosine", "Learning rate rises, then falls"],
    "placement": ["With BatchNorm", "With BatchNorm in hidden layers only", "Without BatchNorm"],
    "vae": ["VAE without BatchNorm"],
    "ae": ["Autoencoder without BatchNorm"],
    "denoise": ["VAE-GAN with BatchNorm"],
}


@pytest.mark.parametrize(("plans", "names"), NAMES.items(), indirect=["plans"])
def test_runs_of_a_lesson_are_called_by_what_makes_them_different(plans: list[Plan], names: list[str]) -> None:
    assert [name.partition(", 3 epochs")[0] for name in names_of(plans)] == names


@pytest.mark.parametrize("plans", LESSONS, indirect=True)
def test_names_and_colours_tell_runs_apart_and_show_nothing_of_python(plans: list[Plan]) -> None:
    looks = looks_of(plans)
    assert len({look.name for look in looks}) == len({look.colour for look in looks}) == len(plans)
    for plan, look in zip(plans, looks, strict=True):
        assert not set('_[]{}()"') & set(look.name), look.name
        assert "None" not in look.name
        norm = plan.config.model.norm
        if look.colour in TWIN_COLOURS.values():
            assert TWIN_COLOURS[norm] == look.colour, "blue is with BatchNorm, orange without"


@pytest.mark.parametrize(("norm", "colour"), [("batch", COLOURS[0]), ("none", COLOURS[1])])
def test_a_run_alone_has_its_twins_colour(sample: Digits, norm: str, colour: str) -> None:
    plan = make_plan(preset("vaegan-bn").updated({"model": {"norm": norm}}), sample, "vaegan-bn")
    (look,) = looks_of([plan])
    assert look.colour == colour


def test_a_fork_and_equal_runs_are_told_apart(sample: Digits) -> None:
    config = preset("vaegan-bn")
    plan = make_plan(config, sample, "vaegan-bn")
    fork = make_plan(config, sample, "vaegan-bn", Origin(run="0" * 12, epoch=2))
    assert names_of([plan, fork]) == ["VAE-GAN with BatchNorm", "Fork after epoch 2"]
    assert names_of([plan, plan]) == ["VAE-GAN with BatchNorm (1)", "VAE-GAN with BatchNorm (2)"]
    changed = make_plan(config.updated({"lr": 0.01, "seed": 3}), sample, "vaegan-bn")
    assert own_name(changed) == "VAE-GAN with BatchNorm, learning rate 0.01, seed 3"
