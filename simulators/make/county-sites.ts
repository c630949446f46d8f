import type { Position } from './plane.ts';

/** A parking site of either source in one form: the properties of a site, and its disabled spaces. */
export interface CountySite {
  readonly municipality: string;
  readonly at: Position;
  readonly properties: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly numberOfSpaces: number;
  };
  /** Where disabled spaces are and how many; `null` where the source does not say. */
  readonly disabledAt: { readonly at: Position; readonly count: number } | null;
}

/** A site of the survey of barrier-free travel chains (MobiData BW). */
export interface SurveySite {
  readonly objektid: number;
  readonly gemeinde?: string;
  readonly ortsteil: string;
  readonly art?: string;
  readonly bauart?: string;
  readonly lat: number;
  readonly lon: number;
  readonly stellplaetzegesamt: number;
  readonly behindertenstellplaetze: number;
  readonly behindertenplaetze_lat?: number;
  readonly behindertenplaetze_lon?: number;
  readonly gebuehrenpflichtig: string;
  readonly gebuehrenbeispiele?: string;
  readonly oeffnungszeiten?: string;
  readonly offen_24_7?: boolean;
  readonly maxparkdauer_min: number;
  readonly bedingungen: string;
  readonly oeffentlichvorhanden: boolean;
  readonly osmlinks?: readonly string[];
}

/** A car park of Herrenberg (ParkAPI, version 1). */
export interface HerrenbergLot {
  readonly id: string;
  readonly name: string;
  readonly lot_type: string;
  readonly coords: { readonly lat: number; readonly lng: number };
  readonly total?: number;
  readonly 'total:disabled'?: number;
  readonly opening_hours?: string;
  readonly fee_hours?: string;
  readonly url?: string;
  readonly notes: { readonly de?: string };
}

/** Surveyors' remarks that tell a driver something; others are notes to themselves. */
const useful =
  /^(nur|mit|max|bis|\d|Mo|gebührenpflichtig|kein P\+R|Betriebs|Privat|Carsharing|für)/;

/** The survey's euro signs come in a Windows code page. */
const mended = (text: string): string => text.replaceAll('\u0080', '€').trim();

/** The survey gives no names: kind and place, numbered where there are several. */
export function fromSurvey(sites: readonly SurveySite[]): CountySite[] {
  const used = new Map<string, number>();
  const titles = sites.map(title);
  return sites.map((site, i) => {
    const base = titles[i] ?? '';
    const number = (used.get(base) ?? 0) + 1;
    used.set(base, number);
    const isOnly = titles.filter((other) => other === base).length === 1;
    return toCountySite(site, isOnly ? base : `${base} ${number}`);
  });
}

const place = (ortsteil: string): string => ortsteil.replace(/ \((Württ|Kr Böbl\.)\)$/, '');

function title({ art, ortsteil, bedingungen }: SurveySite): string {
  const names: Readonly<Record<string, string>> = {
    'Park+Ride': 'P+R',
    Kurzzeit: 'Kurzzeitparken',
    Parkhaus: 'Parkhaus',
  };
  const isRide = /Zweiräder|Carsharing/.test(bedingungen);
  return `${isRide ? 'Parkplatz' : (names[art ?? ''] ?? 'Parkplatz')} ${place(ortsteil)}`;
}

function toCountySite(site: SurveySite, name: string): CountySite {
  const text = mended(site.bedingungen);
  const disabled = site.behindertenstellplaetze;
  const spaces = site.stellplaetzegesamt;
  const lat = site.behindertenplaetze_lat;
  const lon = site.behindertenplaetze_lon;
  return {
    municipality: site.gemeinde ?? place(site.ortsteil).replace(' (Kr Böbl.)', ''),
    at: [site.lon, site.lat],
    properties: {
      id: `bfrk-${site.objektid}`,
      name,
      kind: kindOf(site),
      numberOfSpaces: spaces,
      numberOfSpacesFor: keptSpaces(site),
      address: place(site.ortsteil),
      openingHours:
        site.oeffnungszeiten ?? (site.offen_24_7 === true || text === '24 Stunden' ? '24/7' : null),
      ...fees(site, text),
      maxStayMin: maxStay(site, text),
      parkAndRide: site.art === 'Park+Ride' && site.oeffentlichvorhanden ? 'yes' : null,
      description: useful.test(text) ? `Angabe vor Ort: ${text}` : null,
      url: site.osmlinks?.[0] ?? null,
    },
    disabledAt:
      disabled > 0 && lat !== undefined && lon !== undefined
        ? { at: [lon, lat], count: disabled }
        : null,
  };
}

function kindOf({ art, bauart }: SurveySite): string {
  if (art === 'Parkhaus') return 'car-park';
  return bauart === 'auf_strasse' || bauart === 'strasse_parkbucht' ? 'on-street' : 'ground';
}

/** What is not public is kept for customers: nobody is sent there. */
function keptSpaces(site: SurveySite): Readonly<Record<string, number>> {
  const disabled = site.behindertenstellplaetze;
  const others = site.stellplaetzegesamt - disabled;
  const isPrivate = !site.oeffentlichvorhanden || /Privat|nur für Kunden/.test(site.bedingungen);
  return {
    ...(disabled > 0 && { disabled }),
    ...(isPrivate && { customer: others }),
    ...(site.bedingungen === 'Carsharing' && { carsharing: others }),
  };
}

function fees(site: SurveySite, text: string) {
  const examples = site.gebuehrenbeispiele ?? null;
  if (site.gebuehrenpflichtig === 'nein' || text.includes('Parkscheibe')) {
    return { hasFee: false, feeText: text.includes('Parkscheibe') ? text : null };
  }
  const hasFee = site.gebuehrenpflichtig === 'ja' || /Parkschein|gebührenpflichtig/.test(text);
  return { hasFee: hasFee ? true : null, feeText: examples ?? (hasFee ? text : null) };
}

function maxStay({ maxparkdauer_min: minutes }: SurveySite, text: string): number | null {
  if (minutes > 0) return minutes;
  const [, number, unit] = /(\d+) ?(min|h\b)/i.exec(text) ?? [];
  if (number === undefined || /ct|Tag/.test(text)) return null;
  return Number(number) * (unit?.toLowerCase() === 'h' ? 60 : 1);
}

const lotKinds: Readonly<Record<string, string>> = {
  Parkhaus: 'car-park',
  Tiefgarage: 'underground',
};

export function fromHerrenberg(lots: readonly HerrenbergLot[]): CountySite[] {
  return lots.map((lot) => {
    const disabled = lot['total:disabled'] ?? 0;
    const total = lot.total ?? 0;
    const isForDisabled = lot.lot_type === 'Barrierefreier-Parkplatz';
    const at: Position = [lot.coords.lng, lot.coords.lat];
    const hours = lot.opening_hours?.replaceAll(' - ', '-') ?? null;
    return {
      municipality: 'Herrenberg',
      at,
      properties: {
        id: lot.id,
        name: lot.name,
        kind: lotKinds[lot.lot_type] ?? 'ground',
        // A place for disabled drivers has no other spaces; elsewhere they are among the total.
        numberOfSpaces: isForDisabled ? disabled : total,
        numberOfSpacesFor: {
          ...(disabled > 0 && { disabled }),
          ...(lot.lot_type === 'Wohnmobilparkplatz' && { caravan: total }),
        },
        operator: 'Stadt Herrenberg',
        openingHours: hours === 'Mo-Su 00:00-24:00' ? '24/7' : hours,
        hasFee: lot.fee_hours === undefined ? null : true,
        feeText: lot.fee_hours === undefined ? null : `gebührenpflichtig ${lot.fee_hours}`,
        parkAndRide: rideOf(lot.lot_type),
        description: description(lot, total, disabled),
        url: lot.url ?? null,
      },
      disabledAt: isForDisabled ? { at, count: disabled } : null,
    };
  });
}

const rideOf = (lotType: string): string | null =>
  lotType === 'Park-Ride' ? 'train' : lotType === 'Park-Carpool' ? 'carpool' : null;

function description({ notes }: HerrenbergLot, total: number, disabled: number): string | null {
  if (notes.de !== undefined) return notes.de.trim();
  return total + disabled === 0 ? 'Die Zahl der Stellplätze ist nicht bekannt.' : null;
}
