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
 * @param turned its rows are cells, not genes
 * @throws AppError BAD_FILE where its parts do not fit together
 */
export function openMatrix(file: string, name: string, value: RValue, turned = false): RMatrix {
  const isObject = value.type === 'S4';
  const [rows, columns] = sizeOf(file, name, attributeOf(value, isObject ? 'Dim' : 'dim'));
  const dimnames = attributeOf(value, isObject ? 'Dimnames' : 'dimnames');
  const names = (dimnames?.type === 'list' ? dimnames.values : []).map(axis => textsOf(axis) ?? []);
  const [rowNames = [], columnNames = []] = names;
  const part = (slot: string): RNumbers => {
    const found = attributeOf(value, slot);
    if (isNumbers(found)) return found;
    throw badFile(file, `is damaged: ${name} lacks its part ${slot}`);
  };
  const genes = turned ? columns : rows;
  const cells = turned ? rows : columns;
  const byCell = (source: EntrySource) => (target: MatrixTarget) =>
    readCellByCell(source, cells, genes, target);
  const byGene = (source: EntrySource) => (target: MatrixTarget) =>
    readGeneByGene(source, cells, genes, target);
  const read = (): RMatrix['read'] => {
    switch (isObject ? classOf(value) : 'matrix') {
      case 'dgCMatrix':
        return (turned ? byGene : byCell)(entriesOf(file, name, part('i'), part('p'), part('x')));
      case 'dgRMatrix':
        return (turned ? byCell : byGene)(entriesOf(file, name, part('j'), part('p'), part('x')));
      case 'dgTMatrix': {
        const [gene, cell] = turned ? [part('j'), part('i')] : [part('i'), part('j')];
        return target => readTriplets(name, { gene, cell, x: part('x'), genes, cells }, target);
      }
      default:
        return target => readFull(name, value, { genes, cells, turned }, target);
    }
  };
  return {
    genes,
    cells,
    geneNames: turned ? columnNames : rowNames,
    cellNames: turned ? rowNames : columnNames,
    read: read(),
  };
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
    entriesOf: (from, to) => ({ indices: indices.slice(from, to), values: valuesOf(values, from, to) }),
  };
}

interface Triplets {
  readonly gene: RNumbers;
  readonly cell: RNumbers;
  readonly x: RNumbers;
  readonly genes: number;
  readonly cells: number;
}

async function readTriplets(name: string, parts: Triplets, target: MatrixTarget): Promise<void> {
  const { x, genes, cells } = parts;
  if (parts.gene.length !== x.length || parts.cell.length !== x.length) {
    throw badFile(target.file, `is damaged: the parts of ${name} differ in length`);
  }
  const pace = pacer(target.signal);
  const collector = new EntryCollector();
  for (let from = 0; from < x.length; from += ENTRIES_AT_ONCE) {
    await pace();
    const to = Math.min(x.length, from + ENTRIES_AT_ONCE);
    const values = valuesOf(x, from, to);
    const [storedGenes, storedCells] = [parts.gene.slice(from, to), parts.cell.slice(from, to)];
    for (let k = 0; k < values.length; k++) {
      const gene = storedGenes[k]!;
      const cell = storedCells[k]!;
      if (!isIndex(gene, genes)) throw outOfRange(target.file, name, gene, genes, 'gene');
      if (!isIndex(cell, cells)) throw outOfRange(target.file, name, cell, cells, 'cell');
      collect(target, collector, cell, gene, values[k]!);
    }
    target.progress(to, x.length);
  }
  await emit(target, collector, cells);
}

/** R keeps a matrix column by column: cell by cell, or where it is turned gene by gene. */
async function readFull(
  name: string,
  value: RValue,
  { genes, cells, turned }: { readonly genes: number; readonly cells: number; readonly turned: boolean },
  target: MatrixTarget,
): Promise<void> {
  if (!isNumbers(value) || value.length !== genes * cells) {
    throw badFile(target.file, `is damaged: ${name} does not hold ${genes} x ${cells} values`);
  }
  const height = turned ? cells : genes;
  const step = Math.max(1, Math.floor(ENTRIES_AT_ONCE / Math.max(1, height)));
  const columns = (from: number, to: number): ArrayLike<number> =>
    valuesOf(value, from * height, to * height);
  if (!turned) {
    const block = (from: number, to: number) => ({ values: columns(from, to), perGene: 1, perCell: genes });
    return readDense({ genes, cells, step, block }, target);
  }
  const pace = pacer(target.signal);
  const collector = new EntryCollector();
  for (let from = 0; from < genes; from += step) {
    await pace();
    const to = Math.min(genes, from + step);
    const values = columns(from, to);
    for (let k = 0; k < values.length; k++) {
      collect(target, collector, k % cells, from + Math.floor(k / cells), values[k]!);
    }
    target.progress(to, genes);
  }
  await emit(target, collector, cells);
}

function collect(
  target: MatrixTarget,
  collector: EntryCollector,
  cell: number,
  stored: number,
  value: number,
): void {
  const gene = target.geneOf === null ? stored : target.geneOf[stored]!;
  if (gene < 0) return;
  target.audit.see(value, gene, cell);
  collector.add(cell, gene, Math.fround(value));
}

async function emit(target: MatrixTarget, collector: EntryCollector, cells: number): Promise<void> {
  const twice = await collector.emit(cells, target.geneNames.length, target.sink, target.signal);
  if (twice !== null) throw repeatedEntry(target, twice.cell, twice.gene);
}

function isIndex(index: number, size: number): boolean {
  return index >= 0 && index < size && Number.isInteger(index);
}

/** Missing whole numbers become NaN, as missing doubles are. */
function valuesOf(numbers: RNumbers, from: number, to: number): ArrayLike<number> {
  const slice = numbers.slice(from, to);
  if (numbers.type === 'double' || !slice.includes(NA_INTEGER)) return slice;
  return Float64Array.from(slice, value => (value === NA_INTEGER ? NaN : value));
}
