/** Columns of tables in HDF5 files in all the ways AnnData has written them: plain, categorical, nullable. */
import { badFile } from '../../../shared/errors.ts';
import type { LabelColumn } from '../../../shared/model.ts';
import { categoricalLabels, numberLabels, textLabels } from '../binary/label-columns.ts';
import { Hdf5Dataset } from './dataset.ts';
import type { Hdf5Group } from './file.ts';

export type Column =
  | { readonly kind: 'text'; readonly values: readonly string[] }
  | { readonly kind: 'categorical'; readonly codes: ArrayLike<number>; readonly levels: readonly string[] }
  /** NaN where a value is missing. */
  | { readonly kind: 'integer' | 'boolean'; readonly values: ArrayLike<number> };

/**
 * One stored column.
 * @param levels of a column of codes whose categories are stored elsewhere
 * @returns null for kinds that are neither names nor groups (measurements, images, nested tables)
 */
export function readColumn(
  file: string,
  stored: Hdf5Dataset | Hdf5Group,
  levels?: readonly string[],
): Column | null {
  if (stored instanceof Hdf5Dataset) {
    if (stored.shape.length !== 1) return null;
    if (stored.kind === 'text') return { kind: 'text', values: stored.texts() };
    if (stored.kind !== 'integer' && stored.kind !== 'boolean') return null;
    const values = stored.numbers();
    if (levels) return { kind: 'categorical', codes: values, levels };
    return { kind: stored.kind, values };
  }
  if (stored.keys().has('codes')) return categorical(file, stored);
  return stored.keys().has('values') ? nullable(file, stored) : null;
}

/** The column as text, or null where it is a measurement. */
export function asText(file: string, path: string, column: Column | null): readonly string[] | null {
  if (column === null) return null;
  if (column.kind === 'text') return column.values;
  if (column.kind !== 'categorical')
    return Array.from(column.values, value => (Number.isNaN(value) ? '' : String(value)));
  checkCodes(file, path, column.codes, column.levels);
  return Array.from(column.codes, code => column.levels[code] ?? '');
}

/** The column as labels of cells, or null where it is none. @throws AppError BAD_FILE unless it has one value a cell */
export function asLabels(
  file: string,
  path: string,
  name: string,
  column: Column | null,
  cells: number,
): LabelColumn | null {
  if (column === null) return null;
  const length = column.kind === 'categorical' ? column.codes.length : column.values.length;
  if (length !== cells) throw badFile(file, `has ${cells} cells but ${length} values in ${path}`);
  switch (column.kind) {
    case 'text':
      return textLabels(name, column.values);
    case 'categorical':
      checkCodes(file, path, column.codes, column.levels);
      return categoricalLabels(name, column.codes, column.levels);
    case 'integer':
      return numberLabels(name, column.values);
    case 'boolean':
      return numberLabels(name, column.values, value => (value === 0 ? 'False' : 'True'));
  }
}

/** Levels of a categorical column: text as a rule, numbers where clusters were numbered. */
export function readLevels(file: string, stored: Hdf5Dataset | Hdf5Group | null): readonly string[] | null {
  if (stored === null) return null;
  if (stored instanceof Hdf5Dataset && stored.kind === 'float') return Array.from(stored.numbers(), String);
  return asText(file, stored.path, readColumn(file, stored));
}

function categorical(file: string, group: Hdf5Group): Column | null {
  const codes = group.dataset('codes');
  const levels = readLevels(file, group.child('categories'));
  if (codes === null || levels === null || !codes.isNumber) return null;
  return { kind: 'categorical', codes: codes.numbers(), levels };
}

/** Values with a mask beside them that is true where a value is missing. */
function nullable(file: string, group: Hdf5Group): Column | null {
  const values = group.child('values');
  const mask = group.dataset('mask');
  const column = values === null ? null : readColumn(file, values);
  if (column === null || column.kind === 'categorical' || mask === null || !mask.isNumber) return column;
  const missing = mask.numbers();
  if (missing.length !== column.values.length) {
    throw badFile(
      file,
      `is damaged: ${group.path} has ${column.values.length} values and ${missing.length} marks`,
    );
  }
  if (column.kind === 'text')
    return { kind: 'text', values: column.values.map((value, k) => (missing[k] ? '' : value)) };
  return {
    kind: column.kind,
    values: Float64Array.from(column.values, (value, k) => (missing[k] ? NaN : value)),
  };
}

function checkCodes(file: string, path: string, codes: ArrayLike<number>, levels: readonly string[]): void {
  for (let k = 0; k < codes.length; k++) {
    if (!(codes[k]! >= -1 && codes[k]! < levels.length)) {
      throw badFile(file, `is damaged: ${path} has a value outside its categories`);
    }
  }
}
