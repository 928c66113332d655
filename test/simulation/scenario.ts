/** What is done to one world: uploads, deletions, and everything that goes wrong. Small, so that a failing one can be read. */
import fc from "fast-check";
import type { CustomerFile, FileKind } from "./customer-file.ts";
import type { Fault, Part } from "./process.ts";

export interface PlannedUpload {
  readonly atSeconds: number;
  readonly tenant: number;
  readonly file: CustomerFile;
  /** Seconds after it was uploaded. */
  readonly deletedAfter: number | null;
}

export interface Scenario {
  readonly uploads: readonly PlannedUpload[];
  /** What happens to the n-th call of the world. */
  readonly faults: readonly { readonly call: number; readonly fault: Fault }[];
  readonly outages: readonly { readonly part: Part; readonly fromSeconds: number; readonly seconds: number }[];
  /** SIGTERM to a worker. */
  readonly stops: readonly { readonly atSeconds: number; readonly worker: number }[];
  readonly slots: number;
  readonly duplicates: number;
  /** How often a message that is sent is lost, 0…1. */
  readonly losses: number;
  /** How often each message is delivered at once. */
  readonly deliveries: number;
  readonly delaySeconds: number;
  /** Of the dice that everything small is drawn from: latencies, the order of messages, jitter. */
  readonly weather: number;
}

export const tenantCount = 3;
export const workerCount = 3;

const kind = fc.oneof(
  { weight: 6, arbitrary: fc.constant<FileKind>("good") },
  { weight: 2, arbitrary: fc.constantFrom<FileKind>("slow", "question") },
  { weight: 2, arbitrary: fc.constantFrom<FileKind>("bad", "hopeless") },
  { weight: 1, arbitrary: fc.constantFrom<FileKind>("poison", "endless") },
);

const upload: fc.Arbitrary<PlannedUpload> = fc.record({
  atSeconds: fc.nat(60),
  tenant: fc.nat(tenantCount - 1),
  file: fc.record({ kind, chunks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }) }),
  deletedAfter: fc.option(fc.nat(90), { freq: 6 }),
});

const when = fc.constantFrom("before" as const, "after" as const);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant("crash" as const), when }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("fail" as const), when }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom("slow" as const, "freeze" as const),
      when,
      seconds: fc.integer({ min: 1, max: 150 }),
    }),
  },
);

export const stormy: fc.Arbitrary<Scenario> = fc.record({
  uploads: fc.array(upload, { minLength: 1, maxLength: 4 }),
  faults: fc.array(fc.record({ call: fc.nat(120), fault }), { maxLength: 10 }),
  outages: fc.array(
    fc.record({
      part: fc.constantFrom<Part>("database", "queue", "objects"),
      fromSeconds: fc.nat(90),
      seconds: fc.nat(120),
    }),
    { maxLength: 2 },
  ),
  stops: fc.array(fc.record({ atSeconds: fc.nat(90), worker: fc.nat(workerCount - 1) }), { maxLength: 2 }),
  slots: fc.integer({ min: 1, max: 2 }),
  duplicates: fc.constantFrom(0, 0.05, 0.3),
  losses: fc.constantFrom(0, 0, 0.3),
  deliveries: fc.constant(1),
  delaySeconds: fc.constantFrom(0, 5),
  weather: fc.nat(),
});

/** Nothing goes wrong, and nothing that is ours is to blame. */
export const calm: fc.Arbitrary<Scenario> = stormy.map((scenario) => ({
  ...scenario,
  uploads: scenario.uploads.map((each) => ({ ...each, deletedAfter: null })),
  faults: [],
  outages: [],
  stops: [],
  duplicates: 0,
  losses: 0,
}));

/**
 * Each message is delivered five times at once, and three workers with two slots each have room for all of them. Everything else goes wrong as
 * ever. Few uploads, so that those who meet meet at the same one.
 */
export const crowded: fc.Arbitrary<Scenario> = stormy.map((scenario) => ({
  ...scenario,
  uploads: scenario.uploads.slice(0, 2),
  deliveries: 5,
  slots: 2,
}));
