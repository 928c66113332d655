import { type BlockKernel, binOffset, laneColumns, sumColumns, sumStrideOf } from "./block-kernel.ts";
import { type Cuts, largestFloat32UpTo } from "./cuts.ts";
import type { TableBundle, TableSlot } from "./tables.ts";
import { kernelModule } from "./wasm/kernel-module.ts";

/** Rows whose places are found together; the same number as in `wasm/kernel.as`. */
const chunk = 128;
const page = 65_536;

/** The exports of `wasm/kernel.as`, which describes the arguments. */
interface KernelExports {
  findBins(cuts: number, columnCount: number, rows: number, rowCount: number, bins: number, binStride: number): void;
  addBundles(
    bundles: number,
    count: number,
    bins: number,
    binStride: number,
    places: number,
    sums: number,
    rows: number,
  ): void;
}

let compiled: WebAssembly.Module | null | undefined;

/** The compiled kernel, made once, or null where this runtime cannot have it. */
export function simdKernelModule(): WebAssembly.Module | null {
  compiled ??= compileSimdKernel(globalThis.WebAssembly);
  return compiled;
}

/** Null where there is no WebAssembly, no SIMD in it, or no compiling from bytes (the edge). */
export function compileSimdKernel(
  api: Pick<typeof WebAssembly, "validate" | "Module"> | undefined,
): WebAssembly.Module | null {
  if (api === undefined) return null;
  const bytes = Uint8Array.from(atob(kernelModule), (character) => character.charCodeAt(0));
  try {
    return api.validate(bytes) ? new api.Module(bytes) : null;
  } catch {
    // Forbidden here. The plain kernel gives the same bits.
    return null;
  }
}

export interface SimdMemory {
  /** Room for the tables' attributions, from address 0. */
  attributions(length: number): Float64Array;
  /** The kernel over the tables that were written there. */
  kernel(bundles: readonly TableBundle[], cuts: readonly Cuts[], blockRows: number): BlockKernel;
}

/** @param module the compiled `wasm/kernel.as` */
export function createSimdMemory(module: WebAssembly.Module): SimdMemory {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  let used = 0;
  /** The address of so many bytes more, to be there after `grow`. */
  const take = (bytes: number): number => {
    const at = used;
    used += Math.ceil(bytes / 16) * 16;
    return at;
  };
  /** What was seen of the memory before is gone after it. */
  const grow = (): void => {
    const missing = Math.ceil(used / page) - memory.buffer.byteLength / page;
    if (missing > 0) memory.grow(missing);
  };
  return {
    attributions(length) {
      const at = take(length * 8);
      grow();
      return new Float64Array(memory.buffer, at, length);
    },
    kernel(bundles, cuts, blockRows) {
      const featureCount = cuts.length;
      const sumStride = sumStrideOf(blockRows);
      const program = bundles.flatMap((bundle) => bundleWords(bundle, cuts, sumStride * 8));
      const programAt = take(program.length * 4);
      const tableBytes = used;
      const cutsAt = take(cuts.reduce((sum, own) => sum + 4 + 4 * Math.max(own.length, 1), 0));
      const mostGroups = bundles.reduce((most, bundle) => Math.max(most, bundle.groups.length), 0);
      const placesAt = take(mostGroups * chunk * 2);
      const binStride = Math.ceil(blockRows / chunk) * chunk * 2;
      const binsAt = take(featureCount * binStride);
      const sumsAt = take(sumColumns(featureCount) * sumStride * 8);
      const rowsAt = take(blockRows * featureCount * 4);
      grow();
      const { findBins, addBundles } = new WebAssembly.Instance(module, { env: { memory } })
        .exports as unknown as KernelExports;
      new Int32Array(memory.buffer, programAt, program.length).set(program);
      writeCuts(cuts, memory.buffer, cutsAt);
      const input = new Float32Array(memory.buffer, rowsAt, blockRows * featureCount);
      return {
        name: "webassembly",
        blockRows,
        sums: new Float64Array(memory.buffer, sumsAt, sumColumns(featureCount) * sumStride),
        sumStride,
        tableBytes,
        run(from, first, rows) {
          input.set(from.subarray(first * featureCount, (first + rows) * featureCount));
          findBins(cutsAt, featureCount, rowsAt, rows, binsAt, binStride);
          addBundles(programAt, bundles.length, binsAt, binStride, placesAt, sumsAt, rows);
        },
      };
    },
  };
}

/** Rows are float32, and above a cut where they are above the largest float32 up to it. */
function writeCuts(cuts: readonly Cuts[], memory: ArrayBuffer, address: number): void {
  const view = new DataView(memory);
  let at = address;
  for (const own of cuts) {
    view.setInt32(at, own.length, true);
    new Float32Array(memory, at + 4, own.length).set(own.map(largestFloat32UpTo));
    if (own.length === 0) view.setFloat32(at + 4, Number.POSITIVE_INFINITY, true);
    at += 4 + 4 * Math.max(own.length, 1);
  }
}

/**
 * A bundle as the kernel reads it, in words of 32 bits: its bytes, its groups, its pairs; where each lane's column of sums starts, in bytes;
 * the address of each group's table; and for each group where its places start and its slots. Heads and steps stand at 16 bytes.
 */
function bundleWords({ columns, pairs, groups }: TableBundle, cuts: readonly Cuts[], columnBytes: number): number[] {
  const words = [0, groups.length, pairs, 0];
  for (const column of laneColumns(columns, pairs, cuts.length)) words.push(column * columnBytes);
  for (const group of groups) words.push(group.start * 8);
  while (words.length % 4 !== 0) words.push(0);
  for (const { slots } of groups) {
    const start = slots.reduce((sum, slot) => sum + slot.places[0]!, 0);
    words.push(start, slots.length, 0, 0);
    for (const slot of slots) {
      const steps = slotSteps(slot, cuts[slot.column]!);
      words.push(slot.column, steps.length, 0, 0);
      for (const { below, adds } of steps) words.push(...vectorOf(below - binOffset), ...vectorOf(adds));
    }
  }
  words[0] = words.length * 4;
  return words;
}

/** Eight times the same number of 16 bits. */
function vectorOf(value: number): number[] {
  return new Array<number>(4).fill((value & 0xffff) * 0x10001);
}

/** The steps of a slot's places along the bins of the whole ensemble: what the bins above `below` have more than that one. */
function slotSteps({ cuts, places }: TableSlot, own: Cuts): { below: number; adds: number }[] {
  const steps: { below: number; adds: number }[] = [];
  let below = -1;
  for (let bin = 1; bin < places.length; bin++) {
    // The last bin is NaN's, in the tree as in the ensemble.
    below = bin <= cuts.length ? own.indexOf(cuts[bin - 1]!, below + 1) : own.length;
    const adds = places[bin]! - places[bin - 1]!;
    if (adds !== 0) steps.push({ below, adds });
  }
  return steps;
}
