/** What LoRaWAN adds to an application payload: MHDR 1, FHDR 7, FPort 1, MIC 4 (LoRaWAN L2 1.0.4, section 4). */
const overheadBytes = 13;
const preambleSymbols = 8;
/** 4/5. */
const codingRate = 1;

/**
 * Time on air of a downlink without MAC commands at 125 kHz, in ms. Symbols of more than 16 ms are sent with
 * low data rate optimisation; downlinks carry no payload CRC (Semtech SX1276 data sheet, section 4.1.1.7).
 */
export function downlinkAirtimeMs(payloadBytes: number, spreadingFactor: number): number {
  const symbolMs = 2 ** spreadingFactor / 125;
  const optimised = symbolMs > 16 ? 1 : 0;
  const bits = 8 * (payloadBytes + overheadBytes) - 4 * spreadingFactor + 28;
  const blocks = Math.max(0, Math.ceil(bits / (4 * (spreadingFactor - 2 * optimised))));
  const payloadSymbols = 8 + blocks * (codingRate + 4);
  return (preambleSymbols + 4.25 + payloadSymbols) * symbolMs;
}
