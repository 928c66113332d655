import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "../slow-test.ts";
import { temporaryFolder } from "./cli.ts";
import { acceptedId, allPredictions, settled, startService } from "./service.ts";

const folder = temporaryFolder();
const service = await startService(join(folder.path, "home"));
after(async () => {
  assert.equal(await service.stop(), 0, service.output());
  folder.remove();
});

const accepted = (csv: string) => acceptedId(service, csv);

test("what is remembered is listed, edited with its unit, left out with the reason where it no longer fits, and forgotten", async () => {
  const json = { "content-type": "application/json" };
  const put = (feature: string, column: string, unit?: string) =>
    fetch(`${service.url}/v1/mappings/_default/${feature}`, {
      method: "PUT",
      headers: json,
      body: JSON.stringify({ column, ...(unit === undefined ? {} : { unit }) }),
    });
  const listed = async () => {
    const { data } = (await (await fetch(`${service.url}/v1/mappings`)).json()) as {
      data: { model: string; feature: string; label: string; column: string; unit: string | null }[];
    };
    return data.map(({ model, feature, label, column, unit }) => [model, feature, label, column, unit]);
  };
  assert.equal((await fetch(`${service.url}/v1/mappings?model=_default`, { method: "DELETE" })).status, 204);
  const set = await put("monthly_charges", "Betrag", "cents");
  assert.equal(set.status, 200, await set.text());
  assert.deepEqual(await listed(), [["_default", "monthly_charges", "Monthly charge", "Betrag", "cents"]]);
  for (const wrong of [await put("colour", "Farbe"), await put("monthly_charges", "Betrag", "years")]) {
    assert.equal(wrong.status, 422);
    assert.equal(((await wrong.json()) as { code: string }).code, "mapping_invalid");
  }
  const send = async (header: string, amounts: readonly string[]) => {
    const rows = amounts.map((amount, i) => `c${i},${i + 5},One year,${amount}`);
    return settled(service, await accepted([`customer_id,tenure,Contract,${header}`, ...rows].join("\n")));
  };
  const cents = await send("Betrag", ["7000", "2995", "8550", "1999"]);
  assert.equal(cents.status, "completed", JSON.stringify(cents.error));
  assert.equal(cents.mapping.find(({ feature }) => feature === "monthly_charges")?.method, "remembered");
  const plain = await send("MonthlyCharges", ["70", "29.95", "85.5", "19.99"]);
  const scoresOf = async (id: string) => (await allPredictions(service, id)).map((each) => each.churn_probability);
  assert.deepEqual(await scoresOf(cents.upload_id), await scoresOf(plain.upload_id));
  const told = (answer: typeof cents) =>
    answer.issues.filter((issue) => issue.code === "remembered_mapping_unfit").map(({ message }) => message);
  assert.deepEqual(told(plain), [
    'The remembered column "Betrag" is not used for Monthly charge: the file has no such column.',
  ]);
  for (const [amounts, reason] of [
    [["70", "29.95", "85.5", "19.99"], "it held cents, and has fractions of them here"],
    [["70", "30", "85", "20", "45", "60"], "converted from cents, half of its values are below"],
  ] as const) {
    const currency = await send("Betrag", amounts);
    assert.equal(currency.status, "needs_mapping");
    assert.ok(
      told(currency).join().startsWith(`The remembered column "Betrag" is not used for Monthly charge: ${reason}`),
      told(currency).join(),
    );
  }
  const twice = await settled(
    service,
    await accepted("customer_id,tenure,Contract,Betrag,Betrag\na,5,One year,7000,1\nb,6,One year,2995,2\n"),
  );
  assert.equal(twice.status, "needs_mapping");
  assert.match(told(twice).join(), /more than one column of that name/);
  const forget = () => fetch(`${service.url}/v1/mappings/_default/monthly_charges`, { method: "DELETE" });
  assert.equal((await forget()).status, 204);
  assert.equal((await forget()).status, 404);
  assert.deepEqual(await listed(), []);
});

test("an answer is remembered with its unit, a place by its name, and a changed unit or column is not used in silence", async () => {
  const head = "customer_id,Laufzeit,Contract,MonthlyCharges";
  const rows = (values: readonly (number | string)[]) => values.map((value, i) => `c${i},${value},One year,70.5`);
  const send = async (header: string, values: readonly (number | string)[]) =>
    settled(service, await accepted([header, ...rows(values)].join("\n")));
  const days = Array.from({ length: 40 }, (_, i) => 30 + i * 50);
  const first = await send(head, days);
  assert.equal(first.status, "needs_mapping");
  const answer = { mapping: { tenure_months: "#2" }, units: { tenure_months: "days" }, remember: true };
  const response = await fetch(`${service.url}/v1/uploads/${first.upload_id}/mapping`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(answer),
  });
  assert.equal(response.status, 202, await response.text());
  assert.equal((await settled(service, first.upload_id)).status, "completed");
  const { data } = (await (await fetch(`${service.url}/v1/mappings`)).json()) as {
    data: { column: string; unit: string | null }[];
  };
  assert.deepEqual(
    data.map(({ column, unit }) => [column, unit]),
    [["Laufzeit", "days"]],
  );
  const again = await send(head, days);
  assert.equal(again.status, "completed", JSON.stringify(again.error));
  const entry = again.mapping.find(({ feature }) => feature === "tenure_months");
  assert.deepEqual([entry?.column, entry?.method], ["Laufzeit", "remembered"]);
  const unfit = (answered: typeof again) =>
    answered.issues.find(({ code }) => code === "remembered_mapping_unfit")?.message ?? "";
  const months = await send(
    head,
    Array.from({ length: 40 }, (_, i) => 1 + i),
  );
  assert.equal(months.status, "needs_mapping");
  assert.match(unfit(months), /converted from days, no value is above 1/);
  const texts = await send(head, ["lang", "kurz", "lang", "kurz", "kurz"]);
  assert.equal(texts.status, "needs_mapping");
  assert.match(unfit(texts), /its values are not numbers/);
});
