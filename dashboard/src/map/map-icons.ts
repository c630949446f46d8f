/** Icons of the map's controls, on a 24 px grid. */
export const mapIcons = {
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  next: 'M5 12h13M13 6l6 6-6 6',
  move: 'M12 3v18M3 12h18M12 3L9.5 5.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  left: 'M19 12H5M11 6l-6 6 6 6',
  right: 'M5 12h14M13 6l6 6-6 6',
} as const;
