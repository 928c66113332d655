/** The six examples of "Suppressing composite alarm actions": a wait of 2 time units, an extension of 3. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSuppression } from "./suppression.ts";

type Event = "composite changes" | "suppressor in ALARM" | "suppressor OK";

/** Unit → what happens at it. Gives the units at which actions are taken. */
function timeline(events: Readonly<Record<number, Event>>, wait = 2, extension = 3): number[] {
  const suppression = createSuppression(wait, extension);
  const acted: number[] = [];
  for (let t = 0; t <= 20; t++) {
    const at = t * 1000;
    const event = events[t];
    if (event === "suppressor in ALARM") suppression.suppressorChanged(true, at);
    if (event === "suppressor OK") suppression.suppressorChanged(false, at);
    const now = event === "composite changes" && suppression.changed(at);
    if (now || suppression.expired(at)) acted.push(t);
  }
  return acted;
}

describe("actions of a composite alarm with a suppressor", () => {
  it("example 1: are taken when the wait is over and the suppressor is still OK", () => {
    assert.deepEqual(timeline({ 2: "composite changes" }), [4]);
  });
  it("example 2: are suppressed when the suppressor goes to ALARM during the wait", () => {
    assert.deepEqual(timeline({ 2: "composite changes", 3: "suppressor in ALARM" }), []);
  });
  it("example 3: a change during the wait starts a new one", () => {
    assert.deepEqual(timeline({ 2: "composite changes", 3: "composite changes" }), [5]);
  });
  it("example 4: are suppressed while the suppressor is in ALARM", () => {
    assert.deepEqual(timeline({ 1: "suppressor in ALARM", 2: "composite changes" }), []);
  });
  it("example 5: are taken when the extension is over", () => {
    const events = { 2: "composite changes", 3: "suppressor in ALARM", 6: "suppressor OK" } as const;
    assert.deepEqual(timeline(events), [9]);
  });
  it("example 6: a change during the extension ends it and starts a wait", () => {
    const events = {
      2: "composite changes",
      3: "suppressor in ALARM",
      6: "suppressor OK",
      7: "composite changes",
    } as const;
    assert.deepEqual(timeline(events), [9]);
  });
  it("are not taken again after a suppression in which nothing changed", () => {
    assert.deepEqual(timeline({ 2: "suppressor in ALARM", 5: "suppressor OK" }), []);
  });
  it("stay suppressed when the suppressor comes back during the extension", () => {
    const events = {
      1: "suppressor in ALARM",
      2: "composite changes",
      6: "suppressor OK",
      8: "suppressor in ALARM",
    } as const;
    assert.deepEqual(timeline(events), []);
  });
  it("are taken at once without a wait", () => {
    assert.deepEqual(timeline({ 2: "composite changes" }, 0, 0), [2]);
  });
});
