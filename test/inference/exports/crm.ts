/** Exports of shops, CRMs and help desks. */
import { codeOf, dayOf, makeExport, personOf, pick } from "./make-export.ts";

const split = (header: string) => header.split(",");
const shopifyId = (i: number) => `'${7_210_448_301_122 + i * 32_768}`;

export const shopifyCustomers = () =>
  makeExport(
    split(
      "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1," +
        "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip," +
        "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags",
    ),
    40,
    (i) => {
      const { first, last, email, phone, company } = personOf(i);
      return [shopifyId(i), first, last, email, "yes", company, "1 Main St", "", "Boston", "MA", "US"].concat([
        `'0${2100 + i}`,
        `'${phone}`,
        `'${phone}`,
        "no",
        (i * 31.5).toFixed(2),
        String(i % 9),
        "",
        "no",
        i % 2 === 0 ? "vip, newsletter" : "",
      ]);
    },
    { bom: true },
  );

export const shopifyCustomersOlder = () =>
  makeExport(
    split(
      "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country," +
        "Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags," +
        "Fecha de nacimiento (customer.metafields.facts.birth_date)",
    ),
    40,
    (i) => {
      const { first, last, email, phone } = personOf(i);
      return [shopifyId(i), first, last, email, "no", "", "Calle 1", "", "Bogotá", "", "", "Colombia", "CO"].concat([
        `'${110_000 + i}`,
        `'${phone}`,
        "no",
        (i * 31.5).toFixed(2),
        String(i % 9),
        "",
        "no",
        "",
        "1990-02-03",
      ]);
    },
  );

/** Two ways to write a date in one file, as one that was put together by hand has them. */
const hubspotDate = (i: number) => {
  const [year, month, day] = dayOf(i).split("-");
  return i % 2 === 0 ? `${year}-${month}-${day} 09:14` : `${Number(month)}/${Number(day)}/${year} 2:30 PM`;
};

const hubspotHeader = split(
  "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,Associated Company,Country/Region,Contact owner," +
    "Lifecycle Stage,Original Source,Job Title,Company Name,Associated Company IDs",
);
export const hubspotContacts = (form: "utf-8" | "utf-16 tab" = "utf-8") =>
  makeExport(
    hubspotHeader,
    40,
    (i) => {
      const { first, last, email, phone, company } = personOf(i);
      return [String(9_034_500_001 + i * 50), first, last, email, phone, "Open", hubspotDate(i), company].concat([
        pick(["Germany", "Finland"], i),
        "Sam Owner",
        pick(["Customer", "Lead"], i),
        "Organic Search",
        "CFO",
        company,
        `${1_000 + i};${2_000 + i}`,
      ]);
    },
    form === "utf-8" ? {} : { utf16: true, delimiter: "\t" },
  );

export const hubspotCompanies = () =>
  makeExport(split("Record ID,Company name,Website URL,Company owner,Create Date"), 30, (i) => {
    const { company } = personOf(i);
    return [String(8_800_000_001 + i), company, `https://customer${i}.example`, "Sam Owner", hubspotDate(i)];
  });

export const hubspotDeals = () =>
  makeExport(split("Record ID,Deal Name,Deal Stage,Amount,Deal owner"), 30, (i) => {
    const { company } = personOf(i);
    return [String(5_500_000_001 + i), `${company} - renewal`, "Closed won", String(1200 + i * 10), "Sam Owner"];
  });

const salesforceFooter = (records: number) => [
  `"Grand Totals (${records} records)"`,
  '"Confidential Information - Do Not Distribute"',
  '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."',
];

export const salesforceAccounts = () =>
  makeExport(
    split("Account ID,Account Name,Account Owner,Website,Parent Account,Type"),
    40,
    (i) => [
      codeOf("001", i, 12),
      personOf(i).company,
      "Sam Owner",
      `customer${i}.example`,
      "",
      pick(["Customer", "Prospect"], i),
    ],
    { quoteAll: true, below: salesforceFooter(40) },
  );

/** Line feeds in addresses, HTML in a cell. */
export const salesforceContacts = () =>
  makeExport(
    split(
      "Salutation,First Name,Last Name,Title,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country," +
        "Phone,Email,Contact Record Type,Account Name,Account Owner,Lead Source",
    ),
    40,
    (i) => {
      const { first, last, email, phone, company } = personOf(i);
      return [
        "Ms.",
        first,
        last,
        "<b>CFO</b>",
        `1 Main St\nFloor ${i}, Rear`,
        "Boston",
        "MA",
        `0${2100 + i}`,
        "US",
      ].concat([phone, email, "Customer", company, "Sam Owner", "Web"]);
    },
    { quoteAll: true, end: "\r\n", below: ["", ...salesforceFooter(40)] },
  );

export const zendeskTickets = () =>
  makeExport(
    split(
      "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,Assignee,Group,Subject," +
        "Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due date,Initially assigned at,Solved at," +
        "Resolution time,Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply time in minutes,Level [list],JIRA URL [txt]",
    ),
    40,
    (i) => {
      const requester = personOf(Math.floor(i / 3));
      const at = `${dayOf(i)} 08:00`;
      return ["1", String(90_001 + i), `${requester.first} ${requester.last}`].concat(
        [String(360_000_001 + Math.floor(i / 3)), `ext-${Math.floor(i / 3)}`, requester.email, "example.com"],
        ["Agent A", "Agent A", "Support", 'It says "no", why?', "billing urgent", "Closed", "High", "Mail", "Question"],
        [at, at, at, requester.company, "", at, at, "27", "Good", "1", "1", "0", "2", "14", "2nd", ""],
      );
    },
  );

export const zendeskUsers = () =>
  makeExport(
    split("id,organization_id,active,created_at,email,external_id,last_login_at,name,role,suspended,time_zone"),
    40,
    (i) => {
      const { first, last, email } = personOf(i);
      return [String(360_000_001 + i), "77", "true", `${dayOf(i)}T08:00:00Z`, email, `ext-${i}`].concat([
        "2026-03-01T10:00:00Z",
        `${first} ${last}`,
        "end-user",
        "false",
        "Helsinki",
      ]);
    },
  );
