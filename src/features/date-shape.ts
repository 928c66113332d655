const months = new Set(
  "jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic fev mai out set dez okt mrz avr".split(" "),
);

/** Whether text[start, end) is written like a date (with or without a time); says nothing of its order or validity. */
export function looksLikeDate(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length < 6 || length > 40) return false;
  const first = digitsAt(text, start, end);
  if (first === 8 && length === 8) return isCompactDate(text, start);
  if (first === 0) return monthAt(text, start) && hasDigit(text, start + 3, end);
  if (first > 4 || first === 3) return false;
  const mark = text.charCodeAt(start + first);
  // 2024-03-12, 12/3/2024, 12.03.24
  if (mark === 45 || mark === 47 || mark === 46) {
    const second = digitsAt(text, start + first + 1, end);
    if (second === 0) return mark === 45 && monthAt(text, start + first + 1);
    if (second > 2 || text.charCodeAt(start + first + 1 + second) !== mark) return false;
    const third = digitsAt(text, start + first + second + 2, end);
    const years = (first === 4 ? 1 : 0) + (third === 4 ? 1 : 0);
    const after = start + first + second + 2 + third;
    if (third < 1 || third === 3 || third > 4 || years > 1) return false;
    const follows = text.charCodeAt(after);
    return after === end || follows === 32 || follows === 84 || follows === 44;
  }
  // 12 Mar 2024
  return mark === 32 && first <= 2 && monthAt(text, start + first + 1);
}

function digitsAt(text: string, start: number, end: number): number {
  let i = start;
  while (i < end && text.charCodeAt(i) >= 48 && text.charCodeAt(i) <= 57) i++;
  return i - start;
}

function isCompactDate(text: string, start: number): boolean {
  const year = Number(text.slice(start, start + 4));
  const month = Number(text.slice(start + 4, start + 6));
  const day = Number(text.slice(start + 6, start + 8));
  return year >= 1900 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function monthAt(text: string, at: number): boolean {
  return months.has(text.slice(at, at + 3).toLowerCase());
}

function hasDigit(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) >= 48 && text.charCodeAt(i) <= 57) return true;
  return false;
}
