/** The 6 cells x 8 genes that all made fixtures of binary formats hold, and how to read one as a full matrix. */
import { fileURLToPath } from 'node:url';
import { basename } from 'node:path';
import type { RowSink } from '../../../src/engine/counts/rows.ts';
import type { Reader, ReadResult } from '../../../src/engine/readers/contract.ts';
import { readWith } from '../../../src/engine/readers/read.ts';
import type { ReadOptions } from '../../../src/shared/model.ts';
import { quietly } from './conformance.ts';

export const COUNTS: readonly (readonly number[])[] = [
  [5, 0, 0, 1, 2, 0, 0, 3],
  [0, 0, 4, 0, 0, 0, 1, 0],
  [7, 1, 0, 0, 0, 2, 0, 0],
  [0, 3, 0, 9, 0, 0, 0, 1],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [1, 0, 6, 0, 120, 0, 2, 0],
];
export const CELLS = ['AAAC-1', 'AAAG-1', 'AACC-1', 'AACG-1', 'AAGG-1', 'ACCC-1'];
export const SYMBOLS = ['CD3D', 'CD3E', 'LYZ', 'MS4A1', 'NKG7', 'GNLY', 'PPBP', 'FCGR3A'];
export const IDS = SYMBOLS.map((_, k) => `ENSG0000000000${k + 1}`);
export const TYPES = ['T', 'B', 'T', 'B', 'NK', 'T'];

export function fixture(path: string): string {
  return fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
}

export interface Small {
  readonly result: ReadResult;
  /** Cells x genes. */
  readonly counts: number[][];
}

export async function readSmall(reader: Reader, path: string, options: ReadOptions = {}): Promise<Small> {
  const rows: [number, number][][] = [];
  const sink: RowSink = {
    rows: ({ rows: n, ptr, idx, val }) => {
      for (let r = 0; r < n; r++) {
        const entries: [number, number][] = [];
        for (let k = ptr[r]!; k < ptr[r + 1]!; k++) entries.push([idx[k]!, val[k]!]);
        rows.push(entries);
      }
    },
  };
  const source = { path, name: basename(path), isFolder: false };
  const result = await readWith(reader, source, options, sink, quietly());
  const counts = rows.map(entries => {
    const row = new Array<number>(result.geneIds.length).fill(0);
    for (const [gene, value] of entries) row[gene] = value;
    return row;
  });
  return { result, counts };
}

/** A label column as text per cell, null where a cell has no value. */
export function labelsOf(result: ReadResult, name: string): (string | null)[] | undefined {
  const column = result.labels.find(label => label.name === name);
  return column && Array.from(column.codes, code => column.levels[code] ?? null);
}
