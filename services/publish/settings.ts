import type { LatLon } from '../domain/geometry.ts';

/** What the publishers need to know of the deployment; the parsed deployment file fits as it is. */
export interface PublishSettings {
  readonly name: string;
  readonly description: string;
  readonly publisher: {
    readonly name: string;
    readonly url: string;
    readonly email: string;
    /** dcatde:contributorID as assigned by GovData. */
    readonly contributorId: string;
  };
  readonly licence: {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    /** '' stands for the publisher's name. */
    readonly attribution: string;
  };
  readonly attributions: readonly string[];
  readonly timeZone: string;
  /** Address seen from outside; `null`: as each request says. */
  readonly publicUrl: string | null;
  readonly map: {
    readonly centre: LatLon;
    readonly zoom: number;
    readonly tiles: {
      readonly url: string;
      readonly attribution: string;
      readonly maxNativeZoom: number;
    } | null;
  };
  /** Plain text; '' is not written. */
  readonly legal: {
    readonly imprint: string;
    readonly privacy: string;
    readonly accessibility: string;
    readonly help: string;
    /** In Leichte Sprache (BITV 2.0, § 4). */
    readonly easyLanguage: string;
    /** With the addresses of videos. */
    readonly signLanguage: string;
    readonly contactEmail?: string | undefined;
    readonly securityEmail?: string | undefined;
  };
}

/** The text to show beside the data. */
export const attributionOf = (settings: PublishSettings): string =>
  settings.licence.attribution === '' ? settings.publisher.name : settings.licence.attribution;
