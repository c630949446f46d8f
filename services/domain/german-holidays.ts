/** A local calendar day. */
export interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Days after 1 March of Easter Sunday, 21 March being 20 (Meeus, Astronomical Algorithms, chapter 8: Gregorian calendar). */
function easterAfterMarch(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return (Math.floor(n / 31) - 3) * 31 + (n % 31);
}

const nationalDates = new Set(['1-1', '5-1', '10-3', '12-25', '12-26']);
/** Good Friday, Easter Monday, Ascension, Whit Monday. */
const nationalAfterEaster = new Set([-2, 1, 39, 50]);
/** Epiphany, Women's Day, Assumption, Children's Day, Reformation, All Saints: holidays in some states. */
const regionalDates = new Set(['1-6', '3-8', '8-15', '9-20', '10-31', '11-1']);
/** Easter and Whit Sunday, Corpus Christi. */
const regionalAfterEaster = new Set([0, 49, 60]);

/** Whether a day is a public holiday in all of Germany, or in some of its states only. */
export function germanHoliday({ year, month, day }: CalendarDay): 'national' | 'regional' | null {
  const date = `${month}-${day}`;
  const daysAfterMarch = (Date.UTC(year, month - 1, day) - Date.UTC(year, 2, 1)) / 86_400_000;
  const afterEaster = daysAfterMarch - easterAfterMarch(year);
  if (nationalDates.has(date) || nationalAfterEaster.has(afterEaster)) return 'national';
  return regionalDates.has(date) || regionalAfterEaster.has(afterEaster) ? 'regional' : null;
}
