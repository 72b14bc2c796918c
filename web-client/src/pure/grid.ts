export type Grid = { columns: number; rows: number; tileWidth: number; tileHeight: number };

const RATIO = 16 / 9;

/** The number of columns that shows tiles of 16:9 largest in an area, with `gap` between them. */
export function gridOf(count: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: Math.max(1, count), tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns);
    const free = {
      width: (width - gap * (columns - 1)) / columns,
      height: (height - gap * (rows - 1)) / rows,
    };
    const tileWidth = Math.floor(Math.max(0, Math.min(free.width, free.height * RATIO)));
    if (tileWidth > best.tileWidth) {
      best = { columns, rows, tileWidth, tileHeight: Math.floor(tileWidth / RATIO) };
    }
  }
  return best;
}
