/** Made-up telecom customers: columns as the well-known sample names them, values from a small generator. */
export const columns = [
  ..."customerID,SeniorCitizen,Partner,Dependents,tenure,PhoneService,MultipleLines,InternetService,OnlineSecurity".split(
    ",",
  ),
  ..."TechSupport,Contract,PaperlessBilling,PaymentMethod,MonthlyCharges,TotalCharges,Churn".split(","),
];

export function makeCustomers(count: number, seed = 7): string[][] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = (...values: string[]) => values[Math.floor(random() * values.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const tenure = i === 0 ? 0 : 1 + Math.floor(random() * 72);
    const monthly = 18.25 + Math.floor(random() * 2000) / 20;
    const internet = pick("DSL", "Fiber optic", "No");
    const extra = internet === "No" ? "No internet service" : pick("Yes", "No");
    return [
      `00${1000 + i}-ABCD`,
      pick("0", "1"),
      pick("Yes", "No"),
      pick("Yes", "No"),
      String(tenure),
      "Yes",
      pick("Yes", "No", "No phone service"),
      internet,
      extra,
      extra,
      pick("Month-to-month", "One year", "Two year"),
      pick("Yes", "No"),
      pick("Electronic check", "Mailed check", "Bank transfer (automatic)", "Credit card (automatic)"),
      monthly.toFixed(2),
      tenure === 0 ? " " : (tenure * monthly).toFixed(2),
      pick("Yes", "No"),
    ];
  });
}

/** Changes one column of every row. */
export function withColumn(rows: string[][], name: string, change: (value: string, row: number) => string): string[][] {
  const at = columns.indexOf(name);
  return rows.map((row, i) => row.map((value, column) => (column === at ? change(value, i) : value)));
}

export function toCsv(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  delimiter = ",",
  end = "\n",
): string {
  const cell = (value: string) =>
    value.includes(delimiter) || value.includes('"') || value.includes("\n")
      ? `"${value.replaceAll('"', '""')}"`
      : value;
  return [header, ...rows].map((row) => row.map(cell).join(delimiter) + end).join("");
}
