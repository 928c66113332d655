/** What the whole service says of itself: nothing of a customer, and all of it, also after a time without the collector and at its own end. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { skipWithoutCollector } from "../collector/collector.ts";
import type { FaultMode } from "../faults/proxy.ts";
import { settled } from "../front-door/service.ts";
import { after, test } from "../slow-test.ts";
import { externalKind, skipReason } from "../store/servers.ts";
import { startStage } from "./stage.ts";
import { pointsOf } from "./timeline.ts";

const skip = skipWithoutCollector() || skipReason(externalKind);

if (skip === false) {
  const stage = await startStage();
  after(() => stage.stop());
  const { rig, collector, telemetry } = stage;
  const { service } = rig.part("api");
  let accepted = 0;

  const send = async (rows: readonly (readonly string[])[], filename = "customers.csv"): Promise<void> => {
    const form = new FormData();
    const csv = rows.map((cells) => cells.join()).join("\n");
    form.set("file", new File([csv], filename, { type: "text/csv" }));
    const response = await fetch(`${service.url}/v1/uploads`, { method: "POST", body: form });
    const answer = (await response.json()) as { upload_id?: string };
    if (response.status !== 202) return;
    accepted += 1;
    await settled(service, answer.upload_id!);
  };
  const customers = (count: number, seed: number) => [[...customerHeader], ...makeCustomers(count, seed)];
  const sum = (name: string): number =>
    pointsOf(collector.lines())
      .filter((point) => point.name === name && Object.keys(point.dimensions).length === 0)
      .reduce((total, { value }) => total + (typeof value === "number" ? value : value.count), 0);
  const complete = (name: string, total: number) => collector.waitFor(() => sum(name) >= total, 60_000);

  test("names, addresses, cells, headers and file names of customers are in no metric, log line, message or object key", async () => {
    const planted = ["zebrafink", "q7mail@example.com", "Xylophon-4711", "Kundenschluessel77", "geheim_kuendigungen"];
    const [name, mail, id, header, filename] = planted as [string, string, string, string, string];
    const rows = customers(200, 3);
    const wide = rows.map((cells, i) => [...cells, i === 0 ? header : name, i === 0 ? "mail" : mail]);
    const bodies: string[] = [];
    const keys: string[] = [];
    const look = async (): Promise<void> => {
      const found = await rig.database.transaction(
        (sql) => sql<{ body: string }[]>`select body from messages union all select body from outbox`,
      );
      bodies.push(...found.map(({ body }) => body));
      keys.push(...(await rig.scene.objects()));
    };
    rig.part("worker").service.process.kill("SIGSTOP");
    const sent = send(
      wide.map((cells, i) => (i === 0 ? cells : cells.with(0, id))),
      `${filename}.csv`,
    );
    await collector.waitFor(() => sum("SQSMessageSent") >= 1, 30_000);
    await look();
    rig.part("worker").service.process.kill("SIGCONT");
    await sent;
    // Faults are where values slip out: a bad value, a cut-off quotation, no known column, bytes that are no text.
    const phone = customerHeader.indexOf("PhoneService");
    await send(
      wide.map((cells, i) => (i === 0 ? cells : cells.with(phone, name).with(5, ""))),
      `${filename}.csv`,
    );
    await send(
      [
        [header, "mail"],
        [`"${name}`, mail],
      ],
      `${filename}.csv`,
    );
    await send(
      [
        [header, "mail"],
        [name, mail],
        [name, mail],
      ],
      `${filename}.csv`,
    );
    await send([[`\u0000${header}`], [`\u0000${name}`]], `${filename}.csv`);
    await fetch(`${service.url}/v1/${name}?${header}=${encodeURIComponent(mail)}`);
    await look();
    await complete("UploadSuccess", accepted);
    await sleep(1_500);
    assert.ok(bodies.length > 0 && keys.length > 0);
    const said = [...collector.lines(), collector.log(), service.output(), rig.part("worker").service.output()];
    const everything = [...said, ...bodies, ...keys].join("\n");
    assert.ok(everything.includes("job.completed") && everything.includes("RowRejected"), "it did say something");
    assert.deepEqual(
      planted.filter((value) => everything.toLowerCase().includes(value.toLowerCase())),
      [],
    );
  });

  test("while the collector refuses, hangs or answers 503 the work goes on, and afterwards every total is whole and none is doubled", async () => {
    const began = { uploads: accepted, rows: sum("PredictionsSaved") };
    for (const mode of ["refuse", "hang", { answer: 503 }] satisfies FaultMode[]) {
      await telemetry.set(mode);
      for (let i = 0; i < 2; i++) await send(customers(25, 90 + i));
      await sleep(3_000);
      await telemetry.set("pass");
      // A conversation that is cut before its answer has come is sent again: at least once is what OTLP gives.
      await sleep(2_000);
    }
    await complete("UploadSuccess", accepted);
    await complete("PredictionsSaved", began.rows + 6 * 25);
    await sleep(1_500);
    assert.equal(accepted, began.uploads + 6);
    assert.equal(sum("UploadSuccess"), accepted);
    assert.equal(sum("PredictionsSaved"), began.rows + 6 * 25);
    assert.equal(sum("TelemetryDropped"), 0);
  });

  test("what was measured in the last second before SIGTERM arrives", async () => {
    const before = sum("PredictionsSaved");
    await send(customers(25, 99));
    assert.equal(await rig.part("worker").service.stop(), 0);
    assert.equal(await service.stop(), 0);
    await complete("PredictionsSaved", before + 25);
    await complete("UploadSuccess", accepted);
    assert.equal(sum("PredictionsSaved"), before + 25);
    assert.equal(sum("UploadSuccess"), accepted);
  });
} else {
  test("runs where the collector and Postgres are", { skip }, () => undefined);
}
