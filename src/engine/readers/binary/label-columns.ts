/** Columns over cells that a binary file holds beside its counts, where they can serve as labels. */
import type { LabelColumn } from '../../../shared/model.ts';

/** More levels than this are measurements or ids, not groups of cells. */
const MOST_LEVELS = 1000;
/** Whole numbers are groups (clusters, batches) only where they are few. */
const MOST_NUMBERS = 64;

/**
 * A column that the file itself calls categorical. Levels that no cell has are left out.
 * @param codes one per cell, index of a level; anything outside stands for no value
 * @returns null where the column is no label: no level in use, or one for every cell
 */
export function categoricalLabels(
  name: string,
  codes: ArrayLike<number>,
  levels: readonly string[],
): LabelColumn | null {
  const used = new Uint8Array(levels.length);
  for (let c = 0; c < codes.length; c++) if (codes[c]! >= 0 && codes[c]! < levels.length) used[codes[c]!] = 1;
  const place = new Int32Array(levels.length).fill(-1);
  const kept: string[] = [];
  const byName = new Map<string, number>();
  for (const [k, level] of levels.entries()) {
    if (used[k] === 0 || level === '') continue;
    const known = byName.get(level);
    place[k] = known ?? kept.length;
    if (known !== undefined) continue;
    byName.set(level, kept.length);
    kept.push(level);
  }
  if (!areGroups(kept.length, codes.length)) return null;
  const out = new Int32Array(codes.length);
  for (let c = 0; c < codes.length; c++) out[c] = place[codes[c]!] ?? -1;
  return { name, levels: kept, codes: out };
}

/**
 * A column of text; null and '' stand for no value. Levels are in the order of their characters.
 * @returns null where most cells have a value of their own
 */
export function textLabels(name: string, values: readonly (string | null)[]): LabelColumn | null {
  const distinct = new Set<string>();
  const most = Math.min(MOST_LEVELS, values.length / 2);
  for (const value of values) {
    if (value !== null && value !== '') distinct.add(value);
    if (distinct.size > most) return null;
  }
  return coded(name, values, [...distinct].sort());
}

/** A column of whole numbers or of 0 and 1; NaN stands for no value. */
export function numberLabels(
  name: string,
  values: ArrayLike<number>,
  levelOf: (value: number) => string = String,
): LabelColumn | null {
  const distinct = new Set<number>();
  const most = Math.min(MOST_NUMBERS, values.length / 2);
  for (let c = 0; c < values.length; c++) {
    const value = values[c]!;
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return null;
    distinct.add(value);
    if (distinct.size > most) return null;
  }
  const levels = [...distinct].sort((a, b) => a - b).map(levelOf);
  const text = Array.from(values, value => (Number.isNaN(value) ? null : levelOf(value)));
  return coded(name, text, levels);
}

function coded(
  name: string,
  values: readonly (string | null)[],
  levels: readonly string[],
): LabelColumn | null {
  if (!areGroups(levels.length, values.length)) return null;
  const place = new Map(levels.map((level, k) => [level, k]));
  return { name, levels, codes: Int32Array.from(values, value => place.get(value ?? '') ?? -1) };
}

function areGroups(levels: number, cells: number): boolean {
  return levels > 0 && levels <= MOST_LEVELS && (levels < cells || cells === 1);
}
