/** Icons of the sheets, on a 24 px grid. */
export const sheetIcons = {
  star: 'M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8L7 19l1.1-5.5L4 9.7l5.6-.7z',
  copy: 'M9 9h10v11H9zM5 15V4h10',
} as const;
