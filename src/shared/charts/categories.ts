/** Categories of cells in the order, numbers and colours that every figure gives them. */
import type { LabelColumn } from '../model.ts';
import { categoryColour, NO_VALUE } from './palette.ts';

export interface Category {
  readonly label: string;
  readonly cells: number;
  readonly colour: string;
  /** Number on the figure, from 1; null for cells without a name or drawn together. */
  readonly number: number | null;
}

export interface CategorisedCells {
  readonly categories: readonly Category[];
  /** Category of each cell. */
  readonly of: Int32Array;
}

/** More categories than this cannot be told apart; the smallest are drawn together. */
const MOST = 36;
const NAMELESS = /^(unknown|unlabell?ed|unassigned|na|n\/a|none|)$/i;

/** Largest category first; "Unknown", cells without a value and categories beyond the 36th in grey at the end. */
export function categorise(column: Pick<LabelColumn, 'levels' | 'codes'>): CategorisedCells {
  const { levels, codes } = column;
  const counts = new Array<number>(levels.length).fill(0);
  let without = 0;
  for (const code of codes) {
    if (counts[code] === undefined) without++;
    else counts[code]++;
  }
  const present = levels
    .map((label, code) => ({ label, code, cells: counts[code]! }))
    .filter(l => l.cells > 0);
  const named = present.filter(l => !NAMELESS.test(l.label.trim()));
  named.sort((a, b) => b.cells - a.cells || a.code - b.code);
  const single = named.length > MOST ? named.slice(0, MOST - 1) : named;
  const categories: Category[] = single.map((l, i) => ({
    label: l.label,
    cells: l.cells,
    colour: categoryColour(i),
    number: i + 1,
  }));
  const place = new Int32Array(levels.length);
  single.forEach((l, i) => (place[l.code] = i));
  const grey = (label: string, members: readonly { code: number; cells: number }[], more = 0): number => {
    const cells = members.reduce((sum, m) => sum + m.cells, more);
    if (cells > 0) categories.push({ label, cells, colour: NO_VALUE, number: null });
    for (const member of members) place[member.code] = categories.length - 1;
    return categories.length - 1;
  };
  const rest = named.slice(single.length);
  grey(`${rest.length} others`, rest);
  for (const l of present.filter(p => NAMELESS.test(p.label.trim()) && p.label.trim() !== ''))
    grey(l.label, [l]);
  const nowhere = grey(
    'no label',
    present.filter(p => p.label.trim() === ''),
    without,
  );
  return { categories, of: codes.map(code => (counts[code] === undefined ? nowhere : place[code]!)) };
}

/**
 * Clusters as a column with levels "Cluster 1", "Cluster 2", ..., the largest first: their names are then the numbers
 * that figures give them.
 * @param clusters numbered from 0 in any order
 */
export function clusterColumn(clusters: Int32Array): LabelColumn {
  const count = clusters.reduce((most, c) => Math.max(most, c + 1), 0);
  const cells = new Int32Array(count);
  for (const cluster of clusters) if (cluster >= 0) cells[cluster]!++;
  const bySize = [...cells.keys()].sort((a, b) => cells[b]! - cells[a]! || a - b);
  const place = new Int32Array(count);
  bySize.forEach((cluster, k) => (place[cluster] = k));
  return {
    name: 'cluster',
    levels: bySize.map((_, k) => `Cluster ${k + 1}`),
    codes: clusters.map(cluster => (cluster < 0 ? cluster : place[cluster]!)),
  };
}
