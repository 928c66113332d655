/** Words that name a unit or a rhythm, in the languages customer files come in → what they mean. */
const unitMeanings = new Map<string, string>(
  (
    [
      [
        "months",
        "month months mo mths mth mnth mnths mes meses monat monate monaten monats mois mese mesi maand maanden miesiac miesiace miesiecy manad manader",
      ],
      [
        "days",
        "day days dia dias tag tage tagen jour jours giorno giorni dag dagen dagar dni daily per_day taglich diario",
      ],
      [
        "weeks",
        "week weeks weekly semana semanas woche wochen semaine semaines settimana settimane weken wk wks wochentlich semanal hebdomadaire settimanale",
      ],
      [
        "years",
        "year years yr yrs yearly annual annually annum annualized ano anos jahr jahre jahren jahres jahrlich jaehrlich ans annee annees annuel annuelle " +
          "anno anni annuale anual jaar jaren jaarlijks lata lat",
      ],
      [
        "quarters",
        "quarter quarters quarterly trimestre trimestres trimestral trimestriel trimestrale quartal quartale qtr qtrs kwartaal",
      ],
      ["hours", "hour hours hr hrs hourly stunde stunden heures horas ore"],
      ["minutes", "minute minutes mins minuten minutos"],
      ["cents", "cent cents pence penny centavos centimos centimes centesimi"],
      [
        "monthly",
        "monthly mensal mensais mensual mensuales monatlich monatliche monatlicher monatl mensuel mensuelle mensuels mensuelles mensile mensili maandelijks " +
          "maandelijkse miesieczna miesieczny aylik",
      ],
      ["percent", "percent pct prozent percentage"],
      ["thousands", "thousand thousands tausend milliers miles"],
    ] as const
  ).flatMap(([meaning, words]) => words.split(" ").map((word): [string, string] => [word, meaning])),
);

/** Meaning of a unit word, or null. */
export function unitMeaning(word: string): string | null {
  return unitMeanings.get(word) ?? null;
}

/** Every word that names a unit. */
export const unitWords: readonly string[] = [...unitMeanings.keys()];

const startWords = new Set(
  (
    "created create since start started signup signed registration registered joined join activation activated subscribed onboarded onboarding enrolled begin " +
    "opened inception enrollment seit desde depuis dal sinds beginn eintritt eintritts aktivierung anmeldung registrierung alta inscription inicio inizio " +
    "inscripcion cadastro adesao ativacao activacion attivazione iscrizione creation debut ingresso"
  ).split(" "),
);
const otherDates = new Set(
  (
    "last updated update cancel canceled cancelled cancellation end ended birth due trial period next expires expiry expiration renewal renewed " +
    "closed solved churn churned modified login seen by source ticket order invoice letzte ultimo ultima derniere laatste geburt nacimiento naissance " +
    "nascimento nascita ende fin fim fine kundigung vencimiento baja failed code address"
  ).split(" "),
);

/** Words of a start or another date, so that words run together can be told apart. */
export const dateWords: readonly string[] = [...startWords, ...otherDates, "datum", "date", "fecha"];

/** Whether a word says that the customer came: `signup`, `activation`, `seit`. */
export function isStartWord(word: string): boolean {
  return startWords.has(word);
}

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
