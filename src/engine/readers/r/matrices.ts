/** Matrices of R as genes x cells: the sparse classes of the Matrix package, and R's own. */
import { badFile } from '../../../shared/errors.ts';
import { EntryCollector } from '../../counts/entries.ts';
import { pacer } from '../../counts/pacer.ts';
import { readGeneByGene } from '../binary/compressed-columns.ts';
import { readCellByCell } from '../binary/compressed-rows.ts';
import type { EntrySource } from '../binary/entry-source.ts';
import { readDense } from '../binary/dense-blocks.ts';
import { outOfRange, repeatedEntry, type MatrixTarget } from '../binary/matrix-target.ts';
import {
  attributeOf,
  classOf,
  isNumbers,
  NA_INTEGER,
  textsOf,
  type RNumbers,
  type RValue,
} from './values.ts';

export interface RMatrix {
  readonly genes: number;
  readonly cells: number;
  /** Empty where the matrix has none. */
  readonly geneNames: readonly string[];
  readonly cellNames: readonly string[];
  read(target: MatrixTarget): Promise<void>;
}

const SPARSE = new Set(['dgCMatrix', 'dgTMatrix', 'dgRMatrix']);
const ENTRIES_AT_ONCE = 1 << 20;

/** Whether it can be read as counts. */
export function isMatrix(value: RValue): boolean {
  if (value.type === 'S4') return SPARSE.has(classOf(value));
  const dim = attributeOf(value, 'dim');
  return (value.type === 'integer' || value.type === 'double') && isNumbers(dim) && dim.length === 2;
}

/**
 * @param name of the object, for sentences
 * @throws AppError BAD_FILE where its parts do not fit together
 */
export function openMatrix(file: string, name: string, value: RValue): RMatrix {
  const [rows, columns] = sizeOf(file, name, attributeOf(value, value.type === 'S4' ? 'Dim' : 'dim'));
  const names = attributeOf(value, value.type === 'S4' ? 'Dimnames' : 'dimnames');
  const [rowNames, columnNames] = names?.type === 'list' ? names.values : [];
  const shape = {
    genes: rows,
    cells: columns,
    geneNames: textsOf(rowNames) ?? [],
    cellNames: textsOf(columnNames) ?? [],
  };
  const part = (slot: string): RNumbers => {
    const found = attributeOf(value, slot);
    if (isNumbers(found)) return found;
    throw badFile(file, `is damaged: ${name} lacks its part ${slot}`);
  };
  switch (value.type === 'S4' ? classOf(value) : 'matrix') {
    case 'dgCMatrix': {
      const source = entriesOf(file, name, part('i'), part('p'), part('x'));
      return { ...shape, read: target => readCellByCell(source, columns, rows, target) };
    }
    case 'dgRMatrix': {
      const source = entriesOf(file, name, part('j'), part('p'), part('x'));
      return { ...shape, read: target => readGeneByGene(source, columns, rows, target) };
    }
    case 'dgTMatrix': {
      const [i, j, x] = [part('i'), part('j'), part('x')];
      return { ...shape, read: target => readTriplets(name, { i, j, x, rows, columns }, target) };
    }
    default:
      return { ...shape, read: target => readFull(file, name, value, rows, columns, target) };
  }
}

function sizeOf(file: string, name: string, dim: RValue | undefined): [number, number] {
  const [rows = -1, columns = -1] = isNumbers(dim) && dim.length === 2 ? dim.slice(0, 2) : [];
  if (!isSize(rows) || !isSize(columns)) {
    throw badFile(file, `is damaged: the size of ${name} is not valid`);
  }
  return [rows, columns];
}

function isSize(length: number): boolean {
  return Number.isInteger(length) && length >= 0;
}

function entriesOf(
  file: string,
  name: string,
  indices: RNumbers,
  pointers: RNumbers,
  values: RNumbers,
): EntrySource {
  if (indices.length !== values.length) {
    throw badFile(file, `is damaged: ${name} has ${values.length} values and ${indices.length} indices`);
  }
  return {
    indexName: name,
    pointerName: `${name}@p`,
    entries: values.length,
    lines: pointers.length - 1,
    pointers: () => pointers.slice(0, pointers.length),
    step: ENTRIES_AT_ONCE,
    indices: (from, to) => indices.slice(from, to),
    values: (from, to) => valuesOf(values, from, to),
  };
}

interface Triplets {
  readonly i: RNumbers;
  readonly j: RNumbers;
  readonly x: RNumbers;
  readonly rows: number;
  readonly columns: number;
}

async function readTriplets(
  name: string,
  { i, j, x, rows, columns }: Triplets,
  target: MatrixTarget,
): Promise<void> {
  if (i.length !== x.length || j.length !== x.length) {
    throw badFile(target.file, `is damaged: the parts of ${name} differ in length`);
  }
  const pace = pacer(target.signal);
  const collector = new EntryCollector();
  for (let from = 0; from < x.length; from += ENTRIES_AT_ONCE) {
    await pace();
    const to = Math.min(x.length, from + ENTRIES_AT_ONCE);
    const [genes, cells, values] = [i.slice(from, to), j.slice(from, to), valuesOf(x, from, to)];
    for (let k = 0; k < values.length; k++) {
      const stored = genes[k]!;
      const cell = cells[k]!;
      if (!(stored >= 0 && stored < rows && Number.isInteger(stored)))
        throw outOfRange(target.file, name, stored, rows, 'gene');
      if (!(cell >= 0 && cell < columns && Number.isInteger(cell)))
        throw outOfRange(target.file, name, cell, columns, 'cell');
      const gene = target.geneOf === null ? stored : target.geneOf[stored]!;
      if (gene < 0) continue;
      target.audit.see(values[k]!, gene, cell);
      collector.add(cell, gene, Math.fround(values[k]!));
    }
    target.progress(to, x.length);
  }
  const twice = await collector.emit(columns, target.geneNames.length, target.sink, target.signal);
  if (twice !== null) throw repeatedEntry(target, twice.cell, twice.gene);
}

async function readFull(
  file: string,
  name: string,
  value: RValue,
  genes: number,
  cells: number,
  target: MatrixTarget,
): Promise<void> {
  if (!isNumbers(value) || value.length !== genes * cells) {
    throw badFile(file, `is damaged: the matrix ${name} does not hold ${genes} x ${cells} values`);
  }
  const step = Math.max(1, Math.floor(ENTRIES_AT_ONCE / Math.max(1, genes)));
  // R keeps a matrix column by column, here cell by cell.
  const block = (from: number, to: number) => ({
    values: valuesOf(value, from * genes, to * genes),
    perGene: 1,
    perCell: genes,
  });
  await readDense({ genes, cells, step, block }, target);
}

/** Missing whole numbers become NaN, as missing doubles are. */
function valuesOf(numbers: RNumbers, from: number, to: number): ArrayLike<number> {
  const slice = numbers.slice(from, to);
  if (numbers.type === 'double' || !slice.includes(NA_INTEGER)) return slice;
  return Float64Array.from(slice, value => (value === NA_INTEGER ? NaN : value));
}
