"""Each check of the training is shown an input that is wrong in one place, and has to see it. Run by training/test."""

from __future__ import annotations

import copy
import json
import unittest

import numpy as np
import onnx
import pandas as pd

from learn import as_float32, fit
from masking import with_masked_copies
from measures import calibration_error, measure
from onnx_model import convert, largest_difference, rows_on_thresholds
from oracle import shapley
from schema import KNOWN_COLUMNS, SMALLEST_BIN, as_json, bins, spelling_faults, undistributed_features
from synthesise import equal_rows
from telco import encode
from trees import explain, raw_scores, read_trees
from verify import coverage, monotone_breaches

FEATURES = [{"name": name, "kind": "numeric", "required": name == "a"} for name in ("a", "b", "c")]
PROMISES = {"a": -1}


class SmallModel(unittest.TestCase):
    """A model of three made-up numbers, float32, some of them missing."""

    @classmethod
    def setUpClass(cls) -> None:
        random = np.random.default_rng(7)
        cls.rows = random.normal(size=(2000, 3)).astype(np.float32)
        label = (random.uniform(size=2000) < 1 / (1 + np.exp(2 * cls.rows[:, 0] - cls.rows[:, 1]))).astype(int)
        cls.booster = as_float32(fit(cls.rows, label, FEATURES, [[1, 2]], monotone=PROMISES), FEATURES)
        cls.proto = convert(cls.booster, 3)
        cls.trees = read_trees(cls.proto)
        cls.gaps = cls.rows[:40].copy()
        cls.gaps[::2, 1] = np.nan

    def test_parity_sees_a_threshold_moved_by_one_float32(self) -> None:
        edges = rows_on_thresholds(self.trees, self.rows[:50])
        self.assertLess(largest_difference(self.booster, self.proto.SerializeToString(), edges), 1e-6)
        moved = copy.deepcopy(self.proto)
        (values,) = [a for a in moved.graph.node[0].attribute if a.name == "nodes_values"]
        values.floats[0] = np.nextafter(np.float32(values.floats[0]), np.float32(np.inf))
        self.assertGreater(largest_difference(self.booster, moved.SerializeToString(), edges), 1e-6)

    def test_parity_sees_a_missing_value_sent_the_other_way(self) -> None:
        self.assertLess(largest_difference(self.booster, self.proto.SerializeToString(), self.gaps), 1e-6)
        turned = copy.deepcopy(self.proto)
        (tracks,) = [a for a in turned.graph.node[0].attribute if a.name == "nodes_missing_value_tracks_true"]
        tracks.ints[:] = [1 - track for track in tracks.ints]
        self.assertGreater(largest_difference(self.booster, turned.SerializeToString(), self.gaps), 1e-6)

    def test_shap_agrees_with_the_definition_and_a_wrong_default_branch_does_not(self) -> None:
        background = np.vstack([self.rows[100:120], self.gaps[:4]])
        exact = np.array([shapley(self.trees, background, row) for row in self.gaps[:4]])
        base_value, values = explain(self.trees, background, self.gaps[:4])
        self.assertLess(np.abs(values - exact).max(), 1e-6)
        self.assertLess(np.abs(base_value + values.sum(axis=1) - raw_scores(self.trees, self.gaps[:4])).max(), 1e-6)
        turned = [
            tree | {"children_default": tree["children_left"] + tree["children_right"] - tree["children_default"]}
            for tree in self.trees
        ]
        for tree in turned:
            tree["children_default"][tree["features"] < 0] = -1
        self.assertGreater(np.abs(explain(turned, background, self.gaps[:4])[1] - exact).max(), 1e-3)

    def test_shap_keeps_a_background_of_more_than_100_rows(self) -> None:
        base_value, _ = explain(self.trees, self.rows[:150], self.gaps[:1])
        self.assertAlmostEqual(base_value, raw_scores(self.trees, self.rows[:150]).mean(), places=6)

    def test_a_broken_promise_is_counted(self) -> None:
        self.assertEqual(monotone_breaches(self.trees, self.rows[:50], FEATURES, PROMISES)[1], 0)
        self.assertGreater(monotone_breaches(self.trees, self.rows[:50], FEATURES, {"a": 1})[1], 0)

    def test_coverage_sees_what_was_not_reached(self) -> None:
        one = coverage(self.trees, self.rows[:1])
        self.assertEqual((one["leaves_reached"], one["missing_passed"]), (len(self.trees), 0))
        self.assertGreater(coverage(self.trees, self.gaps)["missing_passed"], 0)

    def test_only_one_plain_tree_ensemble_is_read(self) -> None:
        strange = copy.deepcopy(self.proto)
        strange.graph.node.append(onnx.helper.make_node("Identity", ["label"], ["more"]))
        with self.assertRaises(ValueError):
            read_trees(strange)


class Data(unittest.TestCase):
    def test_calibration_error_is_the_distance_of_what_was_said_from_what_happened(self) -> None:
        label = np.array([0, 1] * 50)
        self.assertAlmostEqual(calibration_error(label, np.full(100, 0.5), np.linspace(0, 1, 11)), 0.0)
        self.assertAlmostEqual(calibration_error(label, np.full(100, 0.7), np.linspace(0, 1, 11)), 0.2)
        self.assertEqual(measure(label, label * 0.8 + 0.1)["auc"], 1.0)

    def test_a_copy_of_a_real_customer_is_found(self) -> None:
        real = np.array([[1, np.nan], [2, 3]], dtype=np.float32)
        self.assertEqual(equal_rows(np.array([[1, np.nan], [1, 3]]), real).tolist(), [True, False])

    def test_a_word_with_two_meanings_is_found(self) -> None:
        features = undistributed_features()
        self.assertEqual(spelling_faults(features, KNOWN_COLUMNS), [])
        features = copy.deepcopy(features)
        features[0]["synonyms"].append("monthly_charges")
        features[2]["categories"][0]["synonyms"].append("ONE-YEAR")
        self.assertEqual(len(spelling_faults(features, KNOWN_COLUMNS)), 2)

    def test_an_unknown_value_is_an_error_and_not_a_code(self) -> None:
        contract = [feature for feature in undistributed_features() if feature["name"] == "contract"]
        self.assertEqual(encode(pd.DataFrame({"contract": ["Two year", "One year"]}), contract)[:, 0].tolist(), [2, 1])
        with self.assertRaises(ValueError):
            encode(pd.DataFrame({"contract": ["Premium"]}), contract)

    def test_masked_copies_keep_the_label_the_required_value_and_the_weight(self) -> None:
        rows, label, weight = with_masked_copies(np.ones((10, 3), dtype=np.float32), np.arange(10), [[1, 2]], 1)
        self.assertEqual((len(rows), weight.sum(), np.isnan(rows[:, 0]).sum()), (30, 10.0, 0))
        self.assertTrue(np.isnan(rows[10:20, 1:]).all() and (label[10:20] == np.arange(10)).all())

    def test_bins_hold_everybody_once_and_a_value_on_an_edge_is_below_it(self) -> None:
        values = np.random.default_rng(3).uniform(0, 100, size=5000)
        found = bins(values)
        self.assertEqual(found["edges"], sorted(set(found["edges"])))
        self.assertAlmostEqual(sum(found["shares"]), 1, places=4)
        for edge, next_edge, share in zip(found["edges"], found["edges"][1:], found["shares"][1:]):
            self.assertAlmostEqual(share, ((values > edge) & (values <= next_edge)).mean(), places=5)
        self.assertEqual(bins(np.repeat([1.0, 2.0], 50))["shares"], [0.5, 0.5])

    def test_no_bin_is_so_small_that_chance_fills_it(self) -> None:
        lumpy = np.concatenate([np.full(900, 7.0), np.arange(100) + 0.5])
        self.assertGreaterEqual(min(bins(lumpy)["shares"]), SMALLEST_BIN)
        with self.assertRaises(SystemExit):
            bins(np.concatenate([np.full(999, 7.0), [8.0]]))

    def test_readable_json_is_json(self) -> None:
        value = {"a": [1, 2.5], "b": [{"c": 'é"', "d": ["x"] * 60}], "e": []}
        self.assertEqual(json.loads(as_json(value)), value)


if __name__ == "__main__":
    unittest.main()
