/** What must hold when a world has come to rest. Each violation is a sentence; none is a pass. */
import { limits } from "../../src/limits.ts";
import { parseMessage } from "../../src/queue/message.ts";
import { settlements } from "../../src/queue/settlement.ts";
import { endOf, isRejected, predictionOf, rejectionOf, rowsOf } from "./customer-file.ts";
import type { Person } from "./people.ts";
import type { UploadRecord } from "./tables.ts";
import type { World } from "./world.ts";

/**
 * `final`: the dead letters were put back and had their time, so that nothing is excused any more. Before that every upload has come to an end by
 * itself too, only that one beside a dead letter may have failed with an outage's code.
 */
export function violations(world: World, final: boolean): string[] {
  const { tables, queue } = world.shared;
  const found: string[] = [...tables.wrongs];
  if (queue.live.size > 0) found.push(`${queue.live.size} messages are left`);
  if (tables.intents.size > 0) found.push(`${tables.intents.size} notes are left`);
  const owned = new Set([...tables.uploads.values()].map((row) => row.objectKey));
  for (const key of world.shared.objects.keys()) if (!owned.has(key)) found.push(`${key} is nobody's`);
  for (const key of owned) if (!world.shared.objects.has(key)) found.push(`${key} is gone`);
  if (tables.outbox.length > 0) found.push(`${tables.outbox.length} outbox rows are left`);
  const dead = new Set([...queue.dead.values()].map(({ body }) => parseMessage(body).uploadId));
  for (const person of world.people) {
    const row = tables.uploads.get(person.uploadId);
    const name = `u${person.uploadId.at(-1)} (${person.plan.file.kind})`;
    if (row === undefined) {
      if (person.accepted && !person.deleting) found.push(`${name} was accepted and is lost`);
      if (resultsOf(world, person.uploadId) > 0) found.push(`${name} is deleted and its results are not`);
      continue;
    }
    if (row.tenantId !== person.tenantId) found.push(`${name} went to another tenant`);
    const attempts = tables.transitions.filter((each) => each.uploadId === row.uploadId && each.to === "processing");
    found.push(
      ...endViolations(person, row, attempts.length, dead.has(person.uploadId), final).map((what) => `${name} ${what}`),
    );
    if (row.status === "completed")
      found.push(...resultViolations(world, person, row).map((what) => `${name} ${what}`));
  }
  for (const { uploadId, from, to } of tables.transitions) {
    if (!legal.has(`${from} → ${to}`)) found.push(`u${uploadId.at(-1)} went from ${from} to ${to}`);
  }
  return found;
}

function endViolations(
  { plan }: Person,
  row: UploadRecord,
  attempts: number,
  isDead: boolean,
  final: boolean,
): string[] {
  const code = endOf[plan.file.kind];
  const settled = code === null ? row.status === "completed" : row.status === "failed" && row.error?.code === code;
  // A file whose every attempt ended with its process is quarantined, whoever killed the process.
  const quarantined =
    row.error?.code === "poison" && row.strikes >= limits.maxReceiveCount && attempts >= limits.maxReceiveCount;
  if (settled || quarantined) return [];
  const end = `ended as ${row.status} ${row.error?.code ?? ""}`;
  if (final || !isDead) return [`${end} and not as ${code ?? "completed"}${isDead ? " beside a dead letter" : ""}`];
  // Before an operator did anything only this is excused: what was given up was given up because of an outage, never because of what another file would fail with.
  const excused =
    row.status === "failed" &&
    Object.entries(settlements).some(([each, way]) => each === row.error?.code && way === "release");
  return excused ? [] : [end];
}

/** Exactly the file's rows, once, with their values, under its tenant, all of one attempt. */
function resultViolations({ shared: { tables } }: World, person: Person, row: UploadRecord): string[] {
  const { file } = person.plan;
  const owner = `${person.tenantId}/${person.uploadId}`;
  const found: string[] = [];
  const numbers = rowsOf(file).flat();
  const scored = tables.predictions.get(person.uploadId) ?? new Map();
  const rejected = tables.rejections.get(person.uploadId) ?? new Map();
  const tokens = new Set<string>();
  for (const number of numbers) {
    const refused = isRejected(file, number);
    const stored = refused ? rejected.get(number) : scored.get(number);
    const expected = refused ? rejectionOf(owner, number) : predictionOf(owner, number);
    if (stored === undefined) found.push(`is completed without row ${number}`);
    else if (JSON.stringify(stored.result) !== JSON.stringify(expected)) found.push(`has another's row ${number}`);
    else if (stored.tenantId !== person.tenantId) found.push(`has row ${number} under another tenant`);
    if (stored !== undefined) tokens.add(stored.token);
  }
  const refused = numbers.filter((number) => isRejected(file, number)).length;
  if (scored.size + rejected.size !== numbers.length)
    found.push(`has ${scored.size} and ${rejected.size} rows of ${numbers.length}`);
  if (row.rowsRead !== numbers.length || row.rowsRejected !== refused)
    found.push(`counts ${row.rowsRead} and ${row.rowsRejected} rows`);
  if (tokens.size !== 1) found.push(`has rows of ${tokens.size} attempts`);
  return found;
}

const resultsOf = ({ shared: { tables } }: World, uploadId: string): number =>
  (tables.predictions.get(uploadId)?.size ?? 0) + (tables.rejections.get(uploadId)?.size ?? 0);

const legal = new Set(
  [
    ["null", "pending"],
    ["pending", "processing failed deleted"],
    ["processing", "processing pending needs_mapping completed failed deleted"],
    ["needs_mapping", "pending deleted"],
    ["failed", "pending deleted"],
    ["completed", "deleted"],
  ].flatMap(([from, to]) => to!.split(" ").map((each) => `${from} → ${each}`)),
);
