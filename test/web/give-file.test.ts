/** A file from a person's side: dropped, looked at, sent, and what stands there where something is in the way. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { chromiumPath, openBrowser } from "./open-browser.ts";
import { customersCsv, type RunningSite, startSite } from "./start-site.ts";

const skip = skipWithout("Chromium", chromiumPath !== null);
let site: RunningSite;
let browser: Awaited<ReturnType<typeof openBrowser>>;
after(async () => {
  await browser?.close();
  await site?.end();
});

const csv = (text: string | Uint8Array, name = "customers.csv") => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(text),
});
/** Runs for seconds, so that there is something to follow. */
const long = customersCsv(120_000);

async function inPage(look: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(site.url);
  try {
    await look(page);
  } finally {
    await context.close();
  }
}

/** As a person drops it: a DataTransfer over the card. */
async function drop(page: Page, files: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => { const transfer = new DataTransfer(); for (const { name, text } of ${JSON.stringify(files)}) transfer.items.add(new File([text], name, { type: "text/csv" })); return transfer; })()`,
  );
  await page.dispatchEvent("#upload", "drop", { dataTransfer: transfer });
}

/** Only an upload with results has these tabs. */
const finished = (page: Page) => page.getByRole("navigation", { name: "This upload" }).waitFor({ timeout: 120_000 });
const title = (page: Page) => page.getByRole("heading", { name: "This is how your file was read" });
const sendButton = (page: Page) => page.getByRole("button", { name: "Upload and score" });

test("the service and the browser are there", { skip }, async () => {
  [site, browser] = await Promise.all([startSite(), openBrowser()]);
});

test("on a first visit the made-up customers go the whole way to their results", { skip }, async () => {
  await inPage(async (page) => {
    await page.getByRole("button", { name: "Try it with made-up customers" }).click();
    await title(page).waitFor();
    await sendButton(page).click();
    await finished(page);
    assert.match(page.url(), /\/uploads\/[0-9a-f-]{36}$/);
  });
});

test("a dropped file is shown as it was read before anything is sent", { skip }, async () => {
  await inPage(async (page) => {
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(new URL(request.url()).pathname));
    await drop(page, [{ name: "kunden.csv", text: "customer_id;tenure;MonthlyCharges\nA-1;3;79,95\nA-2;9;20,10\n" }]);
    await title(page).waitFor();
    assert.equal(
      await page.locator("#read-as").textContent(),
      "UTF-8, columns separated by semicolons, numbers with a decimal comma, column names in row 1.",
    );
    assert.equal(await page.locator("#read-file").textContent(), "kunden.csv");
    assert.deepEqual(await page.locator("#first-rows tbody tr").nth(1).locator("td").allTextContents(), [
      "A-1",
      "3",
      "79,95",
    ]);
    assert.deepEqual(sent, ["/v1/mappings/suggest"]);
    assert.equal(await focused(page), "preview-title");
  });
});

test("a dropped file is uploaded, watched and its result shown, by keyboard from the preview on", {
  skip,
}, async () => {
  await inPage(async (page) => {
    await page.locator("#file").setInputFiles(csv(long, "long.csv"));
    await title(page).waitFor();
    await sendButton(page).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Scoring your customers" }).waitFor();
    await page.getByText(/[\d,]+ rows read/).waitFor();
    await page.reload();
    await finished(page);
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "long.csv");
  });
});

test("what is no CSV is refused beside the file, with what to do, and nothing of it can be sent", {
  skip,
}, async () => {
  const card = `customer_id,tenure,card\n${Array.from({ length: 30 }, (_, i) => `C-${i},4,4111111111111111\n`).join("")}`;
  for (const [file, words] of [
    [csv(Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0), "customers.xlsx"), /not a CSV.*Save it as CSV/],
    [csv("", "empty.csv"), /empty.*Export the customers again/],
    [csv("customer_id,tenure\n", "header.csv"), /no customers.*Add at least one row/],
    [csv(card, "cards.csv"), /payment card numbers.*Delete the column/],
  ] as const) {
    await inPage(async (page) => {
      await page.locator("#file").setInputFiles(file);
      const alert = page.getByRole("alert");
      await alert.getByText(/./).first().waitFor();
      assert.match((await alert.allTextContents()).join(" "), words, file.name);
      assert.ok(!(await sendButton(page).isVisible()), file.name);
    });
  }
});

test("a folder or a file that went away is told as such, and not as a lost connection", { skip }, async () => {
  await inPage(async (page) => {
    await page.evaluate("Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError'))");
    await page.locator("#file").setInputFiles(csv(customersCsv(3)));
    await page.getByText("The file cannot be read").waitFor();
  });
});

test("two files dropped at once are refused", { skip }, async () => {
  await inPage(async (page) => {
    await drop(
      page,
      ["a.csv", "b.csv"].map((name) => ({ name, text: customersCsv(3) })),
    );
    await page.getByText("One file at a time").waitFor();
  });
});

test("a choice that the file does not bear is told, stays in sight, and can be taken back", { skip }, async () => {
  await inPage(async (page) => {
    await page.locator("#file").setInputFiles(csv(customersCsv(5)));
    await title(page).waitFor();
    await page.getByText("Read it differently").click();
    const row = page.getByLabel("Column names are in row");
    await row.fill("900");
    await row.press("Tab");
    await page.getByRole("alert").getByText(/./).first().waitFor();
    assert.ok(await sendButton(page).isDisabled());
    await row.fill("");
    await row.press("Tab");
    await page.getByText("column names in row 1.").waitFor();
    assert.ok(await sendButton(page).isEnabled());
    await page.getByLabel("Decimal mark").selectOption("comma");
    await page.getByText("numbers with a decimal comma").waitFor();
    assert.notEqual(await focused(page), "preview-title");
  });
});

test("the file that was chosen last is the one that is shown, whichever answer comes last", { skip }, async () => {
  await inPage(async (page) => {
    let first = true;
    await page.route("**/v1/mappings/suggest*", async (route) => {
      const late = first;
      first = false;
      if (late) await new Promise((resolve) => setTimeout(resolve, 1_500));
      await route.continue();
    });
    await page.locator("#file").setInputFiles(csv(customersCsv(3, 1), "first.csv"));
    await page.locator("#file").setInputFiles(csv(customersCsv(3, 900), "second.csv"));
    await page.getByText("C-900").waitFor();
    await page.waitForTimeout(2_000);
    assert.equal(await page.locator("#read-file").textContent(), "second.csv");
    assert.equal(await page.getByText("C-900").count(), 1);
  });
});

test("an upload whose answer was lost is sent again under its key and stored once", { skip }, async () => {
  await inPage(async (page) => {
    const keys: string[] = [];
    await page.route("**/v1/uploads?*", async (route) => {
      keys.push((await route.request().headerValue("idempotency-key")) ?? "");
      if (keys.length > 1) return route.continue();
      await route.fetch();
      await route.abort("connectionreset");
    });
    await page.locator("#file").setInputFiles(csv(customersCsv(40), "once.csv"));
    await title(page).waitFor();
    await sendButton(page).click();
    await page.getByText("The service does not answer").waitFor();
    await sendButton(page).click();
    await finished(page);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
  });
  const { data } = await site.json<{ data: { filename: string }[] }>("/v1/uploads?limit=100");
  assert.equal(data.filter(({ filename }) => filename === "once.csv").length, 1);
});

test("an upload can be cancelled on its way, and the file sent all the same afterwards", { skip }, async () => {
  await inPage(async (page) => {
    let held = true;
    await page.route("**/v1/uploads?*", async (route) => {
      if (held) await new Promise((resolve) => setTimeout(resolve, 1_000));
      await (held ? route.abort() : route.continue()).catch(() => {});
    });
    await page.locator("#file").setInputFiles(csv(customersCsv(10), "cancelled.csv"));
    await title(page).waitFor();
    await sendButton(page).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await title(page).waitFor();
    held = false;
    await sendButton(page).click();
    await finished(page);
  });
});

test("names and values of 10,000 characters and with markup are text and widen no page", { skip }, async () => {
  const wide = "W".repeat(10_000);
  const hostile = "<script>document.title='broken'</script>";
  const [header, ...rows] = customersCsv(2).trimEnd().split("\n");
  const text = [`${header},${wide},"${hostile}"`, `${rows[0]},${wide},=1+1`, `${rows[1]},\u202Etxt,${hostile}`].join(
    "\n",
  );
  const name = `${wide}${hostile.replace("/", "")}.csv`;
  for (const width of [1440, 390]) {
    await inPage(async (page) => {
      const mustFit = async (what: string) => assert.ok(await fits(page), `${what} at ${width} px`);
      await page.setViewportSize({ width, height: 900 });
      await drop(page, [{ name, text }]);
      await title(page).waitFor();
      assert.equal(await page.getByText(hostile, { exact: true }).count(), 2);
      await mustFit("the preview");
      await sendButton(page).click();
      await finished(page);
      await mustFit("the result");
      await page.goto(site.url);
      await mustFit("the uploads");
      await drop(page, [{ name, text: text.replace("contract", "unlike anything") }]);
      await title(page).waitFor();
      await sendButton(page).click();
      await page.getByRole("heading", { name: "Which column is Contract?" }).waitFor();
      await mustFit("the question");
      assert.doesNotMatch(await page.title(), /broken/);
    });
  }
});

const focused = (page: Page) => page.evaluate("document.activeElement.id");
const fits = async (page: Page): Promise<boolean> =>
  (await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")) === true;
