/** Own line icons on a 24 px grid, as paths; those of one part of the page only live beside it. */
export const icons = {
  route:
    'M12 3l8.5 8.5a.7.7 0 0 1 0 1L12 21l-8.5-8.5a.7.7 0 0 1 0-1zM9 15v-2.5A1.5 1.5 0 0 1 10.5 11H15M13 8.8L15.2 11 13 13.2',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5',
  filter: 'M4 6h16M7 12h10M10 18h4',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5A2.5 2.5 0 0 1 12 7.2c1.5 0 2.6 1 2.6 2.3 0 1.8-2.6 2-2.6 4M12 16.6v.2',
  pause: 'M9 5v14M15 5v14',
  play: 'M8 5l11 7-11 7z',
  locate: 'M12 2v4M12 18v4M2 12h4M18 12h4M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10z',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1',
  map: 'M9 4L3 6.5v13.5l6-2.5 6 2.5 6-2.5V4l-6 2.5zM9 4v13.5M15 6.5v13.5',
} as const;
