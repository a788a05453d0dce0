/** Columns of a console that does not say how wide it is, and the bounds of one that does. */
export const WIDTH = { usual: 100, min: 40, max: 120 } as const;

/** Lines one message may take; a table gives way first. What is over is said to be left out. */
export const LINES_MAX = 40;

/** Rows of one table. */
export const ROWS_MAX = 30;

/** Columns of one cell of a table. */
export const CELL_COLUMNS_MAX = 36;

/** Buttons that can still be pressed by their number. */
export const BUTTONS_MAX = 200;

/** The usable width of a terminal. */
export function widthOf(columns: number | undefined): number {
  return Math.min(WIDTH.max, Math.max(WIDTH.min, columns ?? WIDTH.usual));
}
