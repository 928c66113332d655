"""Writes `card.md`: every figure in it is handed in by the run that made the model."""

from __future__ import annotations

import textwrap

import numpy as np

from evaluate import MORE_MONOTONE, Evaluation
from measures import BINS, bins

NAMES = {
    "model": "LightGBM (this model), all columns",
    "model_partial": "LightGBM (this model), a random set of optional columns",
    "model_required": "LightGBM (this model), the three required columns only",
    "logistic": "logistic regression, all columns",
    "logistic_required": "logistic regression, three columns (trained on them)",
}


def render(evaluation: Evaluation, facts: dict) -> str:
    """`facts` holds what train.py measured: see `train.measure_facts`."""
    return _fill(
        [
            _use(facts),
            _quality(evaluation),
            _calibration(evaluation),
            _tiers(evaluation, facts["tiers"]),
            _monitoring(facts),
            _shape(evaluation, facts),
            _exactness(facts),
            _background(facts),
            _limits(),
        ]
    )


def _fill(sections: list[str]) -> str:
    """Fills paragraphs and list items into lines of at most 120 characters; headings and tables stay as they are."""
    blocks = [block for section in sections for block in section.split("\n\n")]
    return "\n\n".join(block if block[0] in "#|" else _fill_items(block) for block in blocks) + "\n"


def _fill_items(block: str) -> str:
    items = block.split("\n- ")
    wrapper = textwrap.TextWrapper(
        120, subsequent_indent="  " if block.startswith("- ") else "", break_on_hyphens=False
    )
    return "\n".join(wrapper.fill(("- " if number else "") + item) for number, item in enumerate(items))


def _use(facts: dict) -> str:
    return f"""# Telecom churn {facts["version"]}

Gives the probability that a subscriber of a telecom or internet provider leaves. Needed are tenure (months),
monthly charge and contract; {facts["optional"]} more facts are used where a file has them, and a missing one is
told to the model as missing, never guessed.

**Meant for** ranking customers for a retention offer and for seeing, customer by customer, what drives the
score. A person decides. **Not meant for** prices, credit, refusing service, or any decision about a person that
no person looks at.

**Scores outside telecom are extrapolation.** The model knows telecom subscribers of one sample. In another
trade, country or year the ranking may still help; the probabilities are not calibrated there until they are
compared with what happened.

**Data.** IBM Telco customer churn sample: {facts["rows"]:,} customers of a fictional provider in California,
{facts["churn_rate"]:.1%} of whom left. Published by IBM under Apache-2.0. {facts["blank_totals"]} blank totals
(tenure 0, not billed yet) are missing values, as in a customer's file. No row of it is in this bundle. The
label says who left in the sample's last period, a month by one published description, a quarter by another:
take the probability as one for the near future, not for a stated number of days."""


def _quality(evaluation: Evaluation) -> str:
    rows = []
    for contestant, name in NAMES.items():
        auc, spread = evaluation.mean(contestant, "auc")
        overall = evaluation.overall(contestant)
        rows.append(
            f"| {name} | {auc:.4f} ± {spread:.4f} | {overall['brier']:.4f} | {overall['ece']:.4f} | {overall['ece_mass']:.4f} |"
        )
    auc, auc_spread = evaluation.difference("model", "logistic", "auc")
    brier, brier_spread = evaluation.difference("model", "logistic", "brier")
    return f"""## Quality

Five stratified folds, fixed seed; AUC is the mean over folds ± their standard deviation, Brier score and
expected calibration error (ECE: mean distance between predicted and observed churn over {BINS} bins, weighted
by rows) are over all out-of-fold predictions. Some twenty settings (trees, leaves, depth, sampling, constraints) were tried on these folds
before this one was kept; they lay within 0.004 AUC of each other, so the choice flatters the figures by little.

| | AUC | Brier | ECE, equal-width bins | ECE, equal-mass bins |
|---|---|---|---|---|
{chr(10).join(rows)}

LightGBM minus logistic regression, fold by fold, all columns: AUC {auc:+.4f} ± {auc_spread:.4f}, Brier
{brier:+.4f} ± {brier_spread:.4f} (mean ± standard deviation of the five differences).
{_verdict(auc, auc_spread)}"""


def _verdict(difference: float, spread: float) -> str:
    why = (
        "The trees are here because they take missing columns without guessing, keep the promises under *Shape*, and "
        "give exact SHAP values in the customer's own columns."
    )
    if abs(difference) < spread:
        return f"**The two are equal within fold noise.** {why}"
    if abs(difference) < 0.01:
        better = "LightGBM is ahead" if difference > 0 else "Logistic regression is ahead"
        return f"**{better} by more than fold noise, yet by too little for a business to notice.** {why}"
    return f"The difference is larger than fold noise. {why}"


def _calibration(evaluation: Evaluation) -> str:
    parts = [
        "## Calibration\n\nOut-of-fold, ten equal-width bins: of the customers given such a probability, how many left."
    ]
    for contestant, title in (("model", "All columns"), ("model_required", "Only the three required columns")):
        found = bins(evaluation.label, evaluation.predictions[contestant], np.linspace(0, 1, BINS + 1))
        lines = [
            f"| {b['from']:.1f}–{b['to']:.1f} | {b['rows']:,} | {b['predicted']:.3f} | {b['observed']:.3f} |"
            for b in found
        ]
        parts.append(
            f"{title}:\n\n| probability | customers | predicted | left |\n|---|---|---|---|\n" + "\n".join(lines)
        )
    return "\n\n".join(parts)


def _tiers(evaluation: Evaluation, tiers: dict) -> str:
    probability, label = evaluation.predictions["model"], evaluation.label
    edges = np.array([0, tiers["medium"], tiers["high"], 1.0])
    lines = []
    for name, b in zip(["low", "medium", "high"], bins(label, probability, edges), strict=True):
        share, caught = b["rows"] / len(label), b["observed"] * b["rows"] / label.sum()
        lines.append(f"| {name} | {b['from']:.2f}–{b['to']:.2f} | {share:.1%} | {b['observed']:.1%} | {caught:.1%} |")
    return f"""## Tiers

| tier | probability | share of customers | left | share of all who left |
|---|---|---|---|---|
{chr(10).join(lines)}

Medium starts a little above the churn rate of the sample, where a customer is likelier than average to leave;
high starts where more leave than stay by a clear margin, and is small enough a list to call."""


def _monitoring(facts: dict) -> str:
    return f"""## Monitoring

Confidence of a prediction is max(p, 1 − p). Its mean on the training data, out-of-fold, is {facts["mean_confidence"]:.3f}; the margin
of {facts["confidence_margin"]:.2f} covers what is no fault: four standard deviations of the mean over files of 100 customers, and the
step from all columns to the required ones. One prediction's differs from that mean by {facts["confidence_deviation"]:.3f} (standard deviation).

For drift `schema.json` holds how often each category occurred, and each number in about ten bins: rounded deciles and the share of
customers between them, no single customer's value."""


def _shape(evaluation: Evaluation, facts: dict) -> str:
    size = facts["size"]
    free, free_spread = evaluation.difference("model", "free", "auc")
    bound, bound_spread = evaluation.difference("bound", "model", "auc")
    gender, gender_spread = evaluation.difference("gender", "model", "auc")
    gender_brier, gender_brier_spread = evaluation.difference("gender", "model", "brier")
    return f"""## Shape

{size["trees"]} trees of at most {size["most_leaves"]} leaves, {size["leaves"]:,} leaves in all, at most
{size["depth"]} decisions deep; {facts["onnx_bytes"]:,} bytes of ONNX. One input column per feature, so that a
SHAP value belongs to one column of the customer's file; categories are codes in an order that a business would
give them, split by plain `<=`.

**Promises (monotone constraints), other values held fixed:** a longer tenure never raises the probability, a
longer contract never raises it, a higher monthly charge never lowers it. Checked on {facts["monotone_pairs"]:,}
pairs of rows: {facts["monotone_breaches"]} breaches. Their price: AUC {free:+.4f} ± {free_spread:.4f} against
the same model without them. Four more promises ({", ".join(MORE_MONOTONE)}) would change it by {bound:+.4f} ±
{bound_spread:.4f}: they are not made, since the business would not be surprised without them.

**Missing values.** Every training row appears three times: whole, with the required features only, and with a
random set of optional ones gone (half of the time whole groups, as files lack them), with half, a quarter and a
quarter of its weight. The copies of a row stay on its side of every fold.

**Gender is left out**: it is a protected attribute, and leaving it out costs nothing. With it: AUC
{gender:+.4f} ± {gender_spread:.4f}, Brier {gender_brier:+.4f} ± {gender_brier_spread:.4f} (mean ± standard
deviation of five fold differences). Senior citizen, partner and dependents are used; they are marked as not
actionable, and a file may leave them out."""


def _exactness(facts: dict) -> str:
    nan_rows = facts["parity_rows"]["missing"]
    return f"""## Exactness

The shipped ONNX file against LightGBM, largest difference of probability: all {facts["rows"]:,} training rows
{facts["parity"]["training"]:.1e}; {nan_rows:,} rows with missing values {facts["parity"]["missing"]:.1e};
{facts["parity_rows"]["thresholds"]:,} rows with a value exactly on a threshold, one float32 below or above it
{facts["parity"]["thresholds"]:.1e}. What is left is the rounding of sums: ONNX runtime adds leaves in float32,
LightGBM in float64.

ONNX holds float32, LightGBM float64: rounded to nearest, a threshold may jump over a value that lies beside it
and send the row the other way. So after training every threshold was set to the largest float32 not above it
(for categories: to the half between two codes) and every leaf to float32, in the LightGBM model itself. For
float32 inputs the splits answer as before (largest change of a training probability by this step:
{facts["snap"]:.1e}), and both models hold the same numbers.

A missing value is NaN and takes the branch that `nodes_missing_value_tracks_true` names. The
{facts["missing_kinds"].get("NaN", 0)} splits on optional columns learned theirs from masked rows. The
{facts["missing_kinds"].get("None", 0)} splits on required columns never saw one, and a row that lacks such a
value is refused before the model; LightGBM takes it for 0 and the ONNX file agrees:
{facts["parity"]["unrefused"]:.1e} on {facts["parity_rows"]["unrefused"]:,} rows with any column missing. The
rows compared reach {facts["covered"]["leaves_reached"]:,} of {facts["covered"]["leaves"]:,} leaves, and a
missing value passes {facts["covered"]["missing_passed"]:,} of {facts["covered"]["splits"]:,} splits
that one can reach. The leaves
of the ONNX file, walked in Python, add up to LightGBM's raw score within {facts["raw_parity"]:.1e} on all of
them.

SHAP values are interventional against `background.csv`, in log-odds. shap's TreeExplainer, fed with the trees
read back out of the ONNX file, against the definition (all subsets, all background rows) on
{facts["oracle_rows"]} rows with and without missing values: within {facts["oracle"]:.1e}; against shap fed with
the LightGBM model: within {facts["shap_lightgbm"]:.1e}. base value + Σ SHAP = raw score within
{facts["additivity"]:.1e}, sigmoid(raw score) = probability within {facts["sigmoid"]:.1e}."""


def _background(facts: dict) -> str:
    return f"""## Background

{facts["background_rows"]} synthetic customers from a Bayes net of small trees over the training data (leaves of
at least 50 customers), charges from the price list that the services imply plus noise, totals from tenure and
charge plus noise, picked so that their raw scores spread as the training data's do: mean
{facts["base_value"]:.4f} against {facts["mean_raw_score"]:.4f}. Largest distance of a category's share from the
training data's: {facts["share_distance"]:.3f}. None equals a real row in all features ({facts["pool_equal"]} of
a pool of {facts["pool_rows"]:,} did and were thrown away)."""


def _limits() -> str:
    return """## Limits

- One provider, one period, one country, fictional: prices, services and habits elsewhere differ. Compare with your own outcomes.
- The currency is not known to the model: charges are dollars of the sample. Another price level shifts the scores.
- Columns that know the answer (churn score, reason, category, lifetime value, another model's risk) never reach the features.
- Correlated features (tenure, charge and total) share their SHAP values among them; a reason is not a cause.
- A feature that a file lacks can carry a SHAP value: the model treats "not known" as something other than the background's values.
- With the required columns only, the model ranks less well (table above) but stays calibrated."""
