import assert from "node:assert/strict";
import { test } from "node:test";
import { createShapleyIntegrals } from "../../src/shap/shapley-integral.ts";
import { shapleyWeights } from "../../src/shap/shapley-weights.ts";

/** Largest relative error of the integrals of p^(a-1) (1-p)^b, which are the Shapley weights (a-1)! b! / (a+b)!. */
function worst(players: number, integralOf: number): number {
  const { points, weights } = createShapleyIntegrals()(integralOf);
  const exact = shapleyWeights(players);
  let most = 0;
  for (let a = 1; a <= players; a++) {
    const b = players - a;
    const sum = points.reduce((total, p, q) => total + weights[q]! * p ** (a - 1) * (1 - p) ** b, 0);
    most = Math.max(most, Math.abs(sum / exact.inside(a, b) - 1));
  }
  return most;
}

test("gives the Shapley weights of up to 12 players to 1e-13, of up to 60 to 1e-9 of each, however small", () => {
  for (let players = 1; players <= 12; players++) assert.ok(worst(players, players) <= 1e-13);
  for (let players = 13; players <= 60; players++) assert.ok(worst(players, players) <= 1e-9);
});

test("one point too few is seen", () => {
  for (let players = 3; players <= 12; players++) assert.ok(worst(players, players - 2) > 1e-6);
});

test("the weights sum to 1 and the points lie between 0 and 1, for hundreds of players", () => {
  const integrals = createShapleyIntegrals();
  for (const players of [1, 2, 30, 100, 512]) {
    const { points, weights } = integrals(players);
    assert.equal(points.length, Math.ceil(players / 2));
    assert.ok(points.every((p) => p > 0 && p < 1));
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) <= 1e-13);
  }
});
