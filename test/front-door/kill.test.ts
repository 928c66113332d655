import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { after, test } from "../slow-test.ts";
import { run, temporaryFolder } from "./cli.ts";
import { readTable } from "./csv-table.ts";
import { allPredictions, settled, startService, upload } from "./service.ts";

const folder = temporaryFolder();
after(() => folder.remove());

const rows = 12_000;
const csv = [customerHeader, ...makeCustomers(rows, 5)].map((cells) => cells.join()).join("\n");

test("killed ten times at any moment of a job, half of them with its database, every job completes with every row once", async () => {
  const home = join(folder.path, "home");
  const file = join(folder.path, "customers.csv");
  writeFileSync(file, csv);
  const { stdout } = await run(["score", file]);
  const expected = readTable(stdout).rows.map((row) => [row.get("customerID"), Number(row.get("churn_probability"))]);
  assert.equal(expected.length, rows);

  const ids: string[] = [];
  const seenStatuses = new Set<string>();
  for (let round = 0; round < 10; round++) {
    const service = await startService(home);
    const response = await upload(service, csv);
    assert.equal(response.status, 202);
    ids.push(((await response.json()) as { upload_id: string }).upload_id);
    // Ten moments spread over the time that a job takes here: from before it is claimed to about its end.
    await sleep(round * 90);
    const list = (await (await fetch(`${service.url}/v1/uploads?limit=100`)).json()) as { data: { status: string }[] };
    for (const { status } of list.data) seenStatuses.add(status);
    await service.kill(round % 2 === 1);
  }
  assert.ok(seenStatuses.has("processing"), `the kills hit ${[...seenStatuses].join(", ")} only`);

  const service = await startService(home);
  try {
    for (const id of ids) {
      const answer = await settled(service, id);
      assert.equal(answer.status, "completed", JSON.stringify(answer.error));
      assert.deepEqual(answer.rows, { read: rows, scored: rows, rejected: 0 });
      const predictions = await allPredictions(service, id);
      assert.deepEqual(
        predictions.map((prediction) => prediction.row),
        Array.from({ length: rows }, (_, i) => i + 2),
      );
      assert.deepEqual(
        predictions.map((prediction) => [prediction.customer_id, prediction.churn_probability]),
        expected,
      );
    }
  } finally {
    assert.equal(await service.stop(), 0, service.output());
  }
});

test("one job killed ten times in a row is not taken for poison and completes", async () => {
  const home = join(folder.path, "patient");
  let id = "";
  for (let round = 0; round < 10; round++) {
    const service = await startService(home);
    if (id === "") {
      const response = await upload(service, csv);
      id = ((await response.json()) as { upload_id: string }).upload_id;
    }
    for (let tries = 0; tries < 200; tries++) {
      const { status } = (await (await fetch(`${service.url}/v1/uploads/${id}`)).json()) as { status: string };
      if (status === "processing") break;
      assert.notEqual(status, "failed");
      await sleep(5);
    }
    await service.kill(false);
  }
  const service = await startService(home);
  try {
    const answer = await settled(service, id);
    assert.equal(answer.status, "completed", JSON.stringify(answer.error));
    assert.equal((await allPredictions(service, id)).length, rows);
  } finally {
    await service.stop();
  }
});
