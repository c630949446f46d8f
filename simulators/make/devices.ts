/** One line of `installations.csv`. */
export interface Planned {
  readonly model: string;
  readonly watches: string;
  readonly occupiedBelowM?: number;
}

/**
 * `installations.csv` with an EUI for each device. 02-00-00 marks locally administered addresses
 * (IEEE 802, U/L bit): no device on earth has them, so they never collide with a real one.
 */
export function installationsCsv(planned: readonly Planned[], block: number, from: string): string {
  const lines = planned.map(({ model, watches, occupiedBelowM }, index) => {
    const number = (block * 0x10000 + index + 1).toString(16).toUpperCase().padStart(6, '0');
    return `020000FFFE${number},${model},${watches},${from},,${occupiedBelowM ?? ''}`;
  });
  return `devEui,model,watches,from,until,occupiedBelowM\n${lines.join('\n')}\n`;
}
