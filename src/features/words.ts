/** Words that name a unit or a rhythm, in the languages customer files come in → what they mean. */
const unitMeanings = new Map<string, string>(
  (
    [
      ["months", "month months mo mths mth mes meses monat monate monaten mois mese mesi maand maanden"],
      ["days", "day days dia dias tag tage tagen jour jours giorno giorni dagen daily per_day"],
      ["weeks", "week weeks weekly semana semanas woche wochen semaine semaines wk wks"],
      [
        "years",
        "year years yr yrs yearly annual annually annum ano anos jahr jahre jahren jaehrlich ans annee annees anno anni pa",
      ],
      ["quarters", "quarter quarters quarterly trimestre trimestral quartal qtr"],
      ["hours", "hour hours hr hrs hourly"],
      ["minutes", "minute minutes mins"],
      ["cents", "cent cents pence penny centavos centimos"],
      ["monthly", "monthly mensal mensual monatlich mensuel mensuelle mensile"],
      ["percent", "percent pct prozent percentage"],
      ["thousands", "thousand thousands"],
    ] as const
  ).flatMap(([meaning, words]) => words.split(" ").map((word): [string, string] => [word, meaning])),
);

/** Meaning of a unit word, or null. */
export function unitMeaning(word: string): string | null {
  return unitMeanings.get(word) ?? null;
}

/** Words that say the same in a header; the first of each line stands for all. */
const groups = [
  "customer client subscriber member cliente kunde kunden",
  "charge fee price cost bill rate spend invoice invoiced",
  "monthly month mensal mensual",
  "total lifetime overall cumulative alltime",
  "contract agreement commitment contrato contrat vertrag",
  "payment pay billing",
  "method mode means",
  "support helpdesk",
  "technical tech",
  "security protection",
  "id identifier number no nr key code ref reference uuid guid",
  "average avg mean",
  "dependent child children kid",
  "paperless ebill ebilling electronicbilling",
  "senior elderly",
  "partner spouse",
];
const standIns = new Map<string, string>();
for (const group of groups) {
  const [first, ...others] = group.split(" ") as [string, ...string[]];
  for (const word of others) if (!standIns.has(word)) standIns.set(word, first);
}

/** Words that add nothing in any export. */
const empty = new Set("the a an of in my field column col crm c custom current de da do".split(" "));
/** Words that usually add nothing: a match without them is a guess. */
const weak = new Set("customer account is has flag type value status service num count usd eur gbp".split(" "));

/** The words in one canonical form, sorted and joined; `strict` keeps the weak words. Empty when nothing is left. */
export function wordBag(words: readonly string[], strict: boolean): string {
  const counted = words[0] === "number" && words[1] === "of";
  return words
    .slice(counted ? 2 : 0)
    .map((word) => standIns.get(word) ?? standIns.get(singular(word)) ?? singular(word))
    .filter((word) => !empty.has(word) && (strict || !weak.has(word)))
    .sort()
    .join(" ");
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") && !word.endsWith("us")
    ? word.slice(0, -1)
    : word;
}

const startWords = new Set(
  "created create since start started signup signed registration registered joined join activated activation subscribed onboarded enrolled begin opened".split(
    " ",
  ),
);
const otherDates = new Set(
  (
    "last updated update cancel canceled cancelled cancellation end ended birth due trial period next expires expiry expiration renewal renewed " +
    "closed solved churn churned modified login seen by source ticket order invoice"
  ).split(" "),
);

/** Whether a header names the date a customer came: a tenure could be computed from it. */
export function namesStartDate(words: readonly string[]): boolean {
  const plain = words.map((word) => (word.startsWith("$") ? word.slice(1) : word));
  return plain.some((word) => startWords.has(word)) && !plain.some((word) => otherDates.has(word));
}

/** Words of the outcome itself: a column with one is never a feature. */
const outcomes = new Set(
  "churn churned churner attrition attrited churning cancelled canceled cancellation".split(" "),
);

/** Whether a header speaks of the outcome that is to be predicted. */
export function namesOutcome(words: readonly string[], key: string): boolean {
  return words.some((word) => outcomes.has(word)) || key.startsWith("churn") || key.endsWith("churn");
}
