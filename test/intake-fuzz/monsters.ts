/** Texts of up to a megabyte that ask for time or memory in one place. */
const megabyte = 1_048_576;
const filled = (unit: string, bytes = megabyte): string => unit.repeat(Math.floor(bytes / unit.length));
const header = "customerID,tenure,MonthlyCharges,Contract\n";
const customer = "C-1,4,50.5,One year\n";
const wide = (columns: number, name: (column: number) => string): string =>
  Array.from({ length: columns }, (_, column) => name(column)).join();

export const monsters: readonly (() => string)[] = [
  () => filled("a"),
  () => filled(","),
  () => filled("\n"),
  () => filled("\r"),
  () => filled('"'),
  () => filled('"\n'),
  () => filled(" "),
  () => filled("\u3000", megabyte / 3),
  () => filled("a\n"),
  () => filled("a,b\n"),
  () => filled(";,\t|"),
  () => filled('"a""b",'),
  () => filled("😀", megabyte / 4),
  () => filled("é", megabyte / 2),
  () => header + filled(customer, 900_000),
  () => header + filled("C-1,4,50.5\n", 900_000),
  () => `${header}C-1,4,50.5,"${filled("x\n", 120_000)}"\n${filled(customer, 200_000)}`,
  () => `${header}C-1,4,50.5,"${filled('""', 900_000)}"\n`,
  () => `${header}${filled("C-1,4,", 90_000)}\n`,
  () => `${header}${filled("9", 100_000)},${filled("9", 100_000)},${filled("0", 100_000)}.5,One year\n`,
  () => `${header}C-1,${filled(" ", 130_000)}4,${filled("1.", 100_000)}5,One year\n${filled(customer, 100_000)}`,
  () => `${wide(2_000, (column) => `c${column}`)}\n${filled(`${wide(2_000, String)}\n`, 900_000)}`,
  () => `${wide(2_001, (column) => `c${column}`)}\n`,
  () => `${wide(2_000, (column) => `monthly charges ${column}`)}\n${wide(2_000, () => "1")}\n`,
  () => `${wide(1_000, (column) => `Contract Months (€) as customer_${column}`)}\n${wide(1_000, () => "One year")}\n`,
  () => `${wide(100, (column) => `${column}${filled("tenure ", 9_990)}`)}\n${wide(100, () => "7")}\n`,
  () =>
    `${wide(500, (column) => `t\u0435nur\u0435 ${column} \u200b\u202e\ufdfa\u0300\u0301`)}\n${wide(500, () => "1")}\n`,
  () => `${wide(500, (column) => `${filled("\ufdfa", 750)}${column}`)}\n${wide(500, () => "1")}\n`,
  () => `${filled("report of nothing\n", 800)}${header}${filled(customer, 100_000)}`,
  () => header + Array.from({ length: 40_000 }, (_, row) => `${row},${row},${row}.5,c${row}\n`).join(""),
  () => header + filled("Total,,,\n", 900_000),
  () => header + filled("# guidance,,,\n", 900_000),
  () => header + filled(",,,\n", 900_000),
];
