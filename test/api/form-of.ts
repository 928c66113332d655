export const csv = "customer_id,tenure\r\nC-1,4\r\nC-2,9\r\n";

/** A form with those parts in that order. */
export function formOf(parts: readonly [string, string | File][]): FormData {
  const data = new FormData();
  for (const [name, value] of parts) data.append(name, value);
  return data;
}

export function csvFile(content: BlobPart = csv, name = "customers.csv"): File {
  return new File([content], name, { type: "text/csv" });
}
