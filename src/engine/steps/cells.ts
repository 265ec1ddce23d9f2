/** Reading chosen cells and genes: blocks of a bounded size, and tables cut down to what was kept. */
import type { Random } from '../../core/random.ts';
import type { CellRows, RowBlock } from '../counts/rows.ts';
import type { GeneTable, LabelColumn } from '../../shared/model.ts';

/** Entries that a block may hold: some 16 MB of memory, some milliseconds of work. */
const SPARSE_ENTRIES = 2 ** 21;
const DENSE_VALUES = 2 ** 21;

/** Cells per block for work that touches stored entries only. */
export function sparseBlock(rows: CellRows): number {
  const perCell = Math.max(1, rows.nonzeros / Math.max(1, rows.cells));
  return Math.max(1, Math.min(8192, Math.floor(SPARSE_ENTRIES / perCell)));
}

/** Cells per block for work on dense rows of this width. */
export function denseBlock(width: number): number {
  return Math.max(1, Math.min(512, Math.floor(DENSE_VALUES / Math.max(1, width))));
}

/** Cells cells[from] to cells[to - 1] of an ascending list: a plain range where they are one, which copies nothing. */
export function readCells(rows: CellRows, cells: Int32Array, from: number, to: number): RowBlock {
  const first = cells[from]!;
  const last = cells[to - 1]!;
  return last - first === to - from - 1 ? rows.read(first, last + 1) : rows.gather(cells.subarray(from, to));
}

/** 0, 1, ... n - 1. */
export function range(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, k) => k);
}

/** A label column over some of its cells, in the given order; all levels stay. */
export function takeLabels(column: LabelColumn, cells: Int32Array): LabelColumn {
  return { name: column.name, levels: column.levels, codes: cells.map(cell => column.codes[cell]!) };
}

/** Some rows of a gene table, in the given order. */
export function takeGenes(table: GeneTable, genes: Int32Array): GeneTable {
  const take = <T>(values: readonly T[]): T[] => Array.from(genes, gene => values[gene]!);
  return {
    name: take(table.name),
    symbol: take(table.symbol),
    ensembl: take(table.ensembl),
    entrez: take(table.entrez),
    landmark: take(table.landmark),
  };
}

/** So many of the cells at random, ascending; all of them where there are no more. */
export function sampleOf(cells: Int32Array, count: number, random: Random): Int32Array {
  if (cells.length <= count) return cells;
  return random.shuffle<number, Int32Array>(cells.slice()).slice(0, count).sort();
}
