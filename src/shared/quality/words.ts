/** The filters of cells in words, as they stand in the methods paragraph, the report and on the screen. */
import { formatCount, formatTick } from '../charts/text.ts';
import type { CellFilter } from './filters.ts';

/** What is wrong with a removed cell: "more than 50,000 counts". */
export function failing(filter: CellFilter, threshold: number): string {
  if (filter === 'minLibrarySize') return `fewer than ${formatCount(threshold)} counts`;
  if (filter === 'maxLibrarySize') return `more than ${formatCount(threshold)} counts`;
  if (filter === 'minGenesPerCell') return `fewer than ${formatCount(threshold)} detected genes`;
  return `more than ${formatTick(100 * threshold)} % of their counts in mitochondrial genes`;
}
