"""Which runs are asked for."""

from vaegan.reproduction import paper
from vaegan.reproduction.experiments import (
    NORMS,
    UNCLIPPED,
    Scale,
    check_run,
    denoising_run,
    merged,
    paper_runs,
    runs_with_adv,
    runs_with_schedule,
    shown_run,
)
from vaegan.reproduction.reproduce import Selection, runs_of

FULL = Scale()


def test_the_papers_setting_makes_thirty_batches_of_mnist() -> None:
    config = FULL.config("batch", 0, "VAE-GAN")
    assert (config.model.latent_dim, config.model.hidden, 60_000 / config.batch_size) == (20, 400, 30)
    assert (config.lr, config.epochs, config.weights.adv, config.schedule) == (0.01, 10, 1.0, "constant")


def test_one_run_serves_all_who_ask_for_it() -> None:
    asked = [
        *paper_runs(FULL, "batch", "VAE"),
        *runs_with_adv(FULL, 0.0, "paper"),
        *runs_with_schedule(FULL, "batch", "constant"),
    ]
    found = merged(asked)
    assert len(found) == len(FULL.seeds)
    assert all(one.measures == {"quality"} for one in found)


def test_a_warm_start_comes_before_the_run_that_needs_it_and_keeps_its_weights() -> None:
    warm = denoising_run(FULL, UNCLIPPED, "none", 0)
    first, second = merged([warm, warm])
    assert (first.config, second.config) == (FULL.config("none", 0), warm.config)
    assert first.kept == {paper.EPOCHS}
    assert second.start is not None
    assert second.start.identity == first.identity
    assert second.config.noise.noise_min == second.config.noise.noise_max == 1.0


def test_what_is_asked_adds_up() -> None:
    (found,) = merged([shown_run(FULL, "batch"), shown_run(FULL, "batch").wanting("quality", kept=[7])])
    assert found.measures == {"train", "quality"}
    assert found.kept == {3, 7, 10}


def test_twins_differ_in_batchnorm_alone() -> None:
    plain, bn = (shown_run(FULL, norm).config for norm in NORMS)
    assert plain.updated({"model": {"norm": "batch"}}) == bn


def test_the_whole_plan_is_valid_and_knows_each_run_once() -> None:
    plan = merged(runs_of(Selection(), FULL))
    assert len({one.identity for one in plan}) == len(plan)
    for place, one in enumerate(plan):
        assert one.start is None or one.start.identity in {earlier.identity for earlier in plan[:place]}


def test_the_check_is_not_the_run_of_the_same_setting_on_other_digits() -> None:
    twin = Scale(epochs=2, batch_size=133).config("batch", 0, "VAE-GAN")
    assert check_run().config == twin
    assert len(merged([check_run(), check_run().wanting(), paper_runs(FULL, "batch", "VAE-GAN")[0]])) == 2
