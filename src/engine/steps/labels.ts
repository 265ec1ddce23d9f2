/** Which labels name a cell type, and what cells without one are called. */
import type { LabelColumn } from '../../shared/model.ts';

/** Name under which cells without a label are listed. */
export const UNLABELLED = 'no label';

const NOT_A_TYPE = new Set([
  '',
  'unknown',
  'unassigned',
  'undetermined',
  'unclassified',
  'unlabelled',
  'unlabeled',
  'none',
  'na',
  'n/a',
  'nan',
  UNLABELLED,
]);

/** "Unknown" and its like are labels, not types to score. */
export function isType(level: string): boolean {
  return !NOT_A_TYPE.has(level.trim().toLowerCase());
}

/** Cells per level; the last entry counts the cells without a label. */
export function countLabels(column: LabelColumn, cells: ArrayLike<number>): Int32Array {
  const counts = new Int32Array(column.levels.length + 1);
  for (let k = 0; k < cells.length; k++) {
    const code = column.codes[cells[k]!]!;
    counts[code < 0 ? column.levels.length : code]!++;
  }
  return counts;
}
