/** `bun bench/make-customers.ts ROWS [SEED]`: a CSV of made customers on stdout, streamed. */
import { once } from "node:events";
import process from "node:process";
import { customerHeader, makeCustomers } from "./customers.ts";

const rows = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 1);
let block = `${customerHeader.join()}\n`;
for (const cells of makeCustomers(rows, seed)) {
  block += `${cells.join()}\n`;
  if (block.length > 1_000_000) {
    if (!process.stdout.write(block)) await once(process.stdout, "drain");
    block = "";
  }
}
process.stdout.write(block);
