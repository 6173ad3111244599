"""Which runs are asked for."""

from vaegan.reproduction import paper
from vaegan.reproduction.claim_runs import (
    FAKES,
    choice_runs,
    control_runs,
    placement_runs,
    rival_runs,
    runs_at_rate,
    schedule_runs,
)
from vaegan.reproduction.experiments import (
    DROPOUT,
    NORMS,
    Scale,
    Setting,
    check_run,
    denoising_run,
    merged,
    paper_runs,
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
        *control_runs(FULL, "recon"),
        *runs_at_rate(FULL, "batch", paper.LEARNING_RATE),
        *placement_runs(FULL, "batch"),
    ]
    found = merged(asked)
    assert len(found) == len(FULL.many_seeds)
    assert found[0].measures == {"quality", "samples", "noise"}


def test_a_warm_start_comes_before_the_run_that_needs_it_and_keeps_its_weights() -> None:
    warm = denoising_run(FULL, Setting("gaussian", 1.0), "none", 0)
    first, second = merged([warm, warm])
    assert (first.config, second.config) == (FULL.config("none", 0), warm.config)
    assert first.kept == {paper.EPOCHS}
    assert second.start is not None
    assert second.start.identity == first.identity
    assert second.config.noise.noise_min == second.config.noise.noise_max == 1.0


def test_a_cell_that_runs_again_begins_with_one_epoch_of_itself() -> None:
    first, second = merged([denoising_run(FULL, DROPOUT, "none", 0)])
    assert first.config.updated({"epochs": second.config.epochs}) == second.config
    assert (first.config.epochs, set(first.kept)) == (1, {1})
    assert second.config.noise.noise_kinds == ("dropout",)


def test_a_control_differs_from_its_rivals_in_the_weight_alone() -> None:
    for fakes in FAKES:
        rival, control = rival_runs(FULL, fakes, 10.0)[0].config, control_runs(FULL, fakes)[0].config
        assert control.updated({"weights": {"adv": 10.0}}) == rival
        assert (control.fakes, control.weights.adv < 1e-5) == (fakes, True)
    alone = rival_runs(FULL, "both", 10.0, statistics=False)[0].config
    assert alone.updated({"prior_statistics": True}) == rival_runs(FULL, "both", 10.0)[0].config


def test_what_chooses_reports_nothing() -> None:
    chosen, reported = choice_runs(FULL, "none", 0.003), runs_at_rate(FULL, "none", 0.003)
    assert not {run.config.seed for run in chosen} & {run.config.seed for run in reported}
    assert {run.config.train_limit for run in chosen} == {50_000}
    assert {run.config.train_limit for run in reported} == {None}


def test_schedules_differ_in_nothing_else() -> None:
    step, cosine, constant = (
        schedule_runs(FULL, "batch", kind, 50)[0].config for kind in ("step", "cosine", "constant")
    )
    assert cosine.updated({"schedule": "constant"}) == constant
    assert step.updated({"schedule": "constant", "step_epochs": constant.step_epochs}) == constant
    assert step.step_epochs == 15


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
