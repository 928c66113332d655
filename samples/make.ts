/** `bun samples/make.ts > samples/telecom.csv`: the demo's customers, all made, some with the faults that real exports have. */
import process from "node:process";
import { customerHeader, makeCustomers } from "../bench/customers.ts";

const customers = [...makeCustomers(320, 2026)];
const column = (name: (typeof customerHeader)[number]) => customerHeader.indexOf(name);
const spoil = (row: number, name: (typeof customerHeader)[number], value: string) => {
  customers[row]![column(name)] = value;
};

spoil(17, "tenure", "");
spoil(48, "MonthlyCharges", "-19.95");
spoil(93, "Contract", "Quarterly");
spoil(141, "TotalCharges", "n/a");
spoil(188, "tenure", "two years");
spoil(230, "MonthlyCharges", "$64.70");
customers[262]!.splice(column("PaymentMethod"), 1);
spoil(301, "customerID", customers[12]![0]!);

process.stdout.write(`${[customerHeader, ...customers].map((cells) => cells.join()).join("\n")}\n`);
