/**
 * Made customers of a made telecom company, the same for the same seed: plausible enough to show and to measure with, nobody real. The
 * columns are those of a common billing export.
 */

export const customerHeader = [
  "customerID",
  "gender",
  "SeniorCitizen",
  "Partner",
  "Dependents",
  "tenure",
  "PhoneService",
  "MultipleLines",
  "InternetService",
  "OnlineSecurity",
  "OnlineBackup",
  "DeviceProtection",
  "TechSupport",
  "StreamingTV",
  "StreamingMovies",
  "Contract",
  "PaperlessBilling",
  "PaymentMethod",
  "MonthlyCharges",
  "TotalCharges",
] as const;

/** Yields one customer after the other as cells in the order of `customerHeader`. */
export function* makeCustomers(count: number, seed: number): Generator<string[]> {
  const random = mulberry32(seed);
  const chance = (probability: number) => random() < probability;
  const pick = <T>(choices: readonly (readonly [T, number])[]): T => {
    let rest = random();
    for (const [choice, share] of choices) {
      rest -= share;
      if (rest < 0) return choice;
    }
    return choices.at(-1)![0];
  };
  const yesNo = (probability: number) => (chance(probability) ? "Yes" : "No");

  for (let i = 0; i < count; i++) {
    const contract = pick([
      ["Month-to-month", 0.55],
      ["One year", 0.21],
      ["Two year", 0.24],
    ]);
    const longest = contract === "Month-to-month" ? 48 : 72;
    const tenure = Math.floor(longest * random() ** (contract === "Month-to-month" ? 1.6 : 0.6));
    const internet = pick([
      ["Fiber optic", 0.44],
      ["DSL", 0.34],
      ["No", 0.22],
    ]);
    const phone = internet === "No" ? "Yes" : yesNo(0.88);
    const lines = phone === "No" ? "No phone service" : yesNo(0.45);
    const addOn = (share: number) => (internet === "No" ? "No internet service" : yesNo(share + tenure / 300));
    const addOns = [addOn(0.25), addOn(0.3), addOn(0.3), addOn(0.25), addOn(0.42), addOn(0.43)];
    const base = internet === "No" ? 19.5 : internet === "DSL" ? 25 : 50;
    const extras = (phone === "Yes" && internet !== "No" ? 20 : 0) + (lines === "Yes" ? 5 : 0);
    const services = addOns.reduce((sum, answer, j) => sum + (answer === "Yes" ? (j < 4 ? 5 : 10) : 0), 0);
    const monthly = base + extras + services + Math.round((random() - 0.5) * 40) / 20;
    const total = tenure === 0 ? " " : (monthly * tenure * (0.97 + random() * 0.06)).toFixed(2);
    const partner = yesNo(0.3 + tenure / 150);
    yield [
      `${1000 + ((i * 7919) % 9000)}-${letters(random, 5)}`,
      yesNo(0.5) === "Yes" ? "Female" : "Male",
      chance(0.16) ? "1" : "0",
      partner,
      yesNo(partner === "Yes" ? 0.5 : 0.09),
      String(tenure),
      phone,
      lines,
      internet,
      ...addOns,
      contract,
      yesNo(internet === "No" ? 0.3 : 0.68),
      pick([
        ["Electronic check", 0.34],
        ["Mailed check", 0.23],
        ["Bank transfer (automatic)", 0.22],
        ["Credit card (automatic)", 0.21],
      ]),
      monthly.toFixed(2),
      total,
    ];
  }
}

function letters(random: () => number, count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(65 + Math.floor(random() * 26))).join("");
}

/** A small seeded generator with a period of 2³²: Tommy Ettinger's mulberry32 (public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
