/**
 * `bun bench/load.ts CONCURRENCY REQUESTS SECONDS`: GETs the URLs of standard input (one a line, in turn) until so many were answered or so much
 * time is over; one JSON line: requests, seconds, bytes of an answer, p50 and p99 in milliseconds. Fails at an answer other than 200.
 */

import process from "node:process";
import { text } from "node:stream/consumers";
import { percentile } from "./measure.ts";

const [concurrency = 16, requests = 1_000, seconds = 60] = process.argv.slice(2).map(Number);
const urls = (await text(process.stdin)).trim().split("\n");

async function drive(count: number): Promise<{ times: number[]; bytes: number; seconds: number }> {
  const times: number[] = [];
  let bytes = 0;
  let next = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  const client = async (): Promise<void> => {
    while (next < count && performance.now() < until) {
      const url = urls[next++ % urls.length]!;
      const asked = performance.now();
      const response = await fetch(url);
      const body = await response.arrayBuffer();
      times.push(performance.now() - asked);
      bytes += body.byteLength;
      if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return { times, bytes, seconds: (performance.now() - began) / 1_000 };
}

// Connections, plans and the compiler are warm before anything counts.
await drive(Math.min(requests, Math.max(concurrency * 4, requests / 5)));
const run = await drive(requests);
process.stdout.write(
  `${JSON.stringify({
    requests: run.times.length,
    requests_per_second: run.times.length / run.seconds,
    p50_milliseconds: percentile(run.times, 0.5),
    p99_milliseconds: percentile(run.times, 0.99),
    bytes_per_answer: Math.round(run.bytes / run.times.length),
  })}\n`,
);
