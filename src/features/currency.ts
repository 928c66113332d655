/** One name per currency, so that `$`, `US$` and `USD` in one column are not three. */
const names = new Map<string, string>([
  ..."$ US$ USD".split(" ").map((token): [string, string] => [token, "USD"]),
  ...[
    "€ EUR",
    "£ GBP",
    "¥ JPY",
    "₹ INR",
    "RS INR",
    "₽ RUB",
    "₩ KRW",
    "₺ TRY",
    "₺ TL",
    "₪ ILS",
    "₫ VND",
    "₴ UAH",
    "₦ NGN",
  ].flatMap(pair),
  ...[
    "฿ THB",
    "₱ PHP",
    "₡ CRC",
    "₲ PYG",
    "₵ GHS",
    "R$ BRL",
    "CA$ CAD",
    "C$ CAD",
    "A$ AUD",
    "AU$ AUD",
    "NZ$ NZD",
    "HK$ HKD",
  ].flatMap(pair),
  ...["S$ SGD", "MX$ MXN", "ZŁ PLN", "KČ CZK", "FT HUF", "LEI RON", "KR KR", "R ZAR", "FR CHF", "SFR CHF"].flatMap(
    pair,
  ),
  ..."SEK NOK DKK CNY CNH RMB ISK BGN ARS CLP COP PEN UYU TWD IDR MYR PKR EGP SAR AED QAR KWD MAD KES LKR BDT KZT"
    .split(" ")
    .map((code): [string, string] => [code, code]),
]);

function pair(text: string): [string, string][] {
  const [token, code] = text.split(" ") as [string, string];
  return [
    [token, code],
    [code, code],
  ];
}

/** The currency's code, or null for a text that names none; `token` in any case, at most four characters. */
export function currencyOf(token: string): string | null {
  return names.get(token) ?? names.get(token.toUpperCase()) ?? null;
}

/** Whether the character is a currency sign of Unicode's block or `$ £ ¥`. */
export function isCurrencySign(code: number): boolean {
  return code === 36 || code === 0xa3 || code === 0xa5 || (code >= 0x20a0 && code <= 0x20cf) || code === 0xe3f;
}
