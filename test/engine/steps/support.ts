/** Small matrices, gene tables and labels for the steps, and the count table of a real data set. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { MemoryRows } from '../../../src/engine/counts/memory-rows.ts';
import type { CellRows, RowBlock } from '../../../src/engine/counts/rows.ts';
import type { StepContext } from '../../../src/engine/steps/context.ts';
import type { GeneTable, LabelColumn, Progress } from '../../../src/shared/model.ts';

export function context(
  signal: AbortSignal = new AbortController().signal,
): StepContext & { seen: Progress[] } {
  const seen: Progress[] = [];
  return { signal, progress: value => seen.push(value), seen };
}

/** Rows of numbers as a sparse matrix. */
export function rowsOf(dense: readonly ArrayLike<number>[]): MemoryRows {
  const ptr = new Float64Array(dense.length + 1);
  const idx: number[] = [];
  const val: number[] = [];
  dense.forEach((row, r) => {
    for (let gene = 0; gene < row.length; gene++) {
      if (row[gene] === 0) continue;
      idx.push(gene);
      val.push(row[gene]!);
    }
    ptr[r + 1] = idx.length;
  });
  return new MemoryRows(dense[0]?.length ?? 0, ptr, Uint32Array.from(idx), Float32Array.from(val));
}

export function denseOf(rows: CellRows, block: RowBlock = rows.read(0, rows.cells)): number[][] {
  return Array.from({ length: block.rows }, (_, r) => {
    const row = new Array<number>(rows.genes).fill(0);
    for (let e = block.ptr[r]!; e < block.ptr[r + 1]!; e++) row[block.idx[e]!] = block.val[e]!;
    return row;
  });
}

export function geneTable(names: readonly string[], landmarks: readonly number[] = []): GeneTable {
  return {
    name: names,
    symbol: names,
    ensembl: names.map(() => ''),
    entrez: names.map(() => 0),
    landmark: names.map((_, gene) => landmarks.indexOf(gene)),
  };
}

export const genesNamed = (n: number, landmarks: readonly number[] = []): GeneTable =>
  geneTable(
    Array.from({ length: n }, (_, gene) => `g${gene}`),
    landmarks,
  );

export function labelsOf(name: string, values: readonly (string | null)[]): LabelColumn {
  const levels = [...new Set(values.filter(value => value !== null))].sort();
  return {
    name,
    levels,
    codes: Int32Array.from(values, value => (value === null ? -1 : levels.indexOf(value))),
  };
}

/** A gzipped genes x cells table as R writes it (no name above the row names), and one column of its cell table. */
export function readCountTable(
  counts: string,
  metadata: string,
  column: string,
): { rows: MemoryRows; genes: GeneTable; labels: LabelColumn } {
  const lines = (path: string): string[][] =>
    gunzipSync(readFileSync(path))
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => line.replaceAll('"', '').split(','));
  const [cells, ...table] = lines(counts);
  const dense = cells!.map((_, cell) => Float32Array.from(table, fields => Number(fields[cell + 1])));
  const [header, ...perCell] = lines(metadata);
  const at = header!.indexOf(column) + 1;
  return {
    rows: rowsOf(dense),
    genes: geneTable(table.map(fields => fields[0]!)),
    labels: labelsOf(
      column,
      perCell.map(fields => fields[at]!),
    ),
  };
}
