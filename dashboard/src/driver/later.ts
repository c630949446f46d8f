/** What the first list does without, in one piece: it is fetched with the first sheet or the first advice. */
export { default as GuidePanel } from '../guide/GuidePanel.svelte';
export { default as ParkedBanner } from '../guide/ParkedBanner.svelte';
export { restoreTrip } from '../guide/restore-trip.ts';
export { default as Sheets } from '../sheet/Sheets.svelte';
