import type { Site } from '../../../services/contract/site.ts';
import { m } from '../paraglide/messages.js';

/** What kind of place a site is. */
export function kindWord(kind: Site['kind']): string {
  switch (kind) {
    case 'on-street':
      return m.kind_street();
    case 'ground':
      return m.kind_ground();
    case 'underground':
      return m.kind_underground();
    case 'car-park':
      return m.kind_car_park();
  }
}

/** What people go on with from a park-and-ride site. */
export function parkAndRideWord(kind: NonNullable<Site['parkAndRide']>): string {
  switch (kind) {
    case 'train':
      return m.ride_train();
    case 'bus':
      return m.ride_bus();
    case 'tram':
      return m.ride_tram();
    case 'carpool':
      return m.ride_carpool();
    case 'yes':
      return m.ride_yes();
  }
}

const audiences: Readonly<Record<string, () => string>> = {
  disabled: m.label_disabled,
  charging: m.label_charging,
  family: m.audience_family,
  women: m.audience_women,
  carsharing: m.audience_carsharing,
  taxi: m.audience_taxi,
  delivery: m.audience_delivery,
  truck: m.audience_truck,
  bus: m.audience_bus,
  customer: m.audience_customer,
  resident: m.audience_resident,
  caravan: m.audience_caravan,
};

/** Whom spaces are kept for; a word the page does not know is shown as it came. */
export const audienceWord = (audience: string): string => audiences[audience]?.() ?? audience;
