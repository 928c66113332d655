import { isTrue, type JudgedHeader } from "./judge-headers.ts";
import type { LabelledHeader } from "./labelled-header.ts";

const bands = [0.5, 0.7, 0.9, 0.95, 1.0001];

/** The figures of one judged list. Shares are of the rows whose canonical column the model reads, unless said otherwise. */
export function scoreHeaders(judged: readonly JudgedHeader[], truths: readonly LabelledHeader[]) {
  const inputs = judged.filter((row) => row.isInput);
  const of = (verdict: LabelledHeader["verdict"]) => inputs.filter((row) => row.verdict === verdict);
  const [map, ambiguous, reject] = [of("map"), of("ambiguous"), of("reject")];
  const used = judged.filter((row) => row.used !== null);
  const mapped = map.filter((row) => row.used !== null && !row.wrong);
  return {
    headers: judged.length,
    map: map.length,
    /** Of what is used in silence (confidence ≥ 0.9), over all rows: how much is right. */
    precision_at_0_9: share(used.filter((row) => !row.wrong).length, used.length),
    used_in_silence: used.length,
    /** `map` rows used in silence and rightly so. */
    recall: share(mapped.length, map.length),
    right_or_asked: share(map.filter((row) => (row.used !== null && !row.wrong) || row.asked).length, map.length),
    ambiguous: ambiguous.length,
    ambiguous_asked: share(ambiguous.filter((row) => row.asked).length, ambiguous.length),
    ambiguous_mapped: ambiguous.filter((row) => row.used === row.canonical).length,
    reject: reject.length,
    reject_mapped: reject.filter((row) => row.wrong).length,
    /** Questions that change nothing, of the `reject` rows. */
    reject_asked: reject.filter((row) => row.asked).length,
    /** Rows of columns that the model does not read: nothing may be mapped, and nothing need be asked. */
    not_read: judged.length - inputs.length,
    not_read_mapped: judged.filter((row) => !row.isInput && row.wrong).length,
    calibration: calibration(judged, truths),
  };
}

/** How often the likeliest reading is true, by what was said of it; `ambiguous` counts headers that are it, but for a doubt. */
function calibration(judged: readonly JudgedHeader[], truths: readonly LabelledHeader[]) {
  return bands.slice(0, -1).flatMap((from, i) => {
    const to = bands[i + 1]!;
    const inside = judged.filter(
      ({ best }) => best !== null && best.confidence >= from - 1e-9 && best.confidence < to - 1e-9,
    );
    if (inside.length === 0) return [];
    const right = inside.filter(({ header, best }) => isTrue(header, best!.feature, truths)).length;
    const open = inside.filter(
      ({ canonical, verdict, best }) => verdict === "ambiguous" && best!.feature === canonical,
    );
    const said = inside.reduce((sum, { best }) => sum + best!.confidence, 0) / inside.length;
    const counts = { right: share(right, inside.length), ambiguous: share(open.length, inside.length) };
    return [{ from, to: Math.min(to, 1), headers: inside.length, said: round(said), ...counts }];
  });
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : round(part / whole);
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
