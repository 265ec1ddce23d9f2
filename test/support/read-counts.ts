/** Counts of a simulated 10x folder, read plainly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface PlainCounts {
  readonly genes: readonly { readonly ensembl: string; readonly symbol: string }[];
  value(gene: number, cell: number): number;
}

export function readCounts(folder: string): PlainCounts {
  const text = (name: string): string => gunzipSync(readFileSync(join(folder, name))).toString('utf8');
  const genes = text('features.tsv.gz')
    .trim()
    .split('\n')
    .map(line => {
      const [ensembl, symbol] = line.split('\t');
      return { ensembl: ensembl!, symbol: symbol! };
    });
  const entries = new Map<string, number>();
  for (const line of text('matrix.mtx.gz').split('\n').slice(3)) {
    const [gene, cell, value] = line.split(' ').map(Number);
    if (value !== undefined) entries.set(`${gene! - 1} ${cell! - 1}`, value);
  }
  return { genes, value: (gene, cell) => entries.get(`${gene} ${cell}`) ?? 0 };
}
