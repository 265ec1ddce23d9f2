/** genes.tsv, features.tsv and barcodes.tsv: the names beside a 10x matrix. */
import { basename } from 'node:path';
import { badFile } from '../../shared/errors.ts';
import type { ReadContext } from './contract.ts';
import { textLines } from './text.ts';

const GENE_TYPE = 'gene expression';

export interface Features {
  readonly file: string;
  /** One entry for every row of the file, genes or not. */
  readonly ids: readonly string[];
  readonly symbols: readonly string[];
  /** Lower case; '' where the file has no third column. */
  readonly types: readonly string[];
}

/** One to three columns: id, symbol, type of feature; further ones are passed over. */
export async function readFeatures(path: string, context: ReadContext): Promise<Features> {
  const file = basename(path);
  const lines = await textLines({ path, name: file }, context);
  if (lines.length === 0) throw badFile(file, 'is empty');
  const rows = lines.map(line => line.split('\t').map(unquoted));
  return {
    file,
    ids: rows.map(row => row[0]!),
    symbols: rows.map(row => row[1] || row[0]!),
    types: rows.map(row => (row[2] ?? '').toLowerCase()),
  };
}

export async function readBarcodes(
  path: string,
  context: ReadContext,
): Promise<{ readonly file: string; readonly names: readonly string[] }> {
  const file = basename(path);
  const lines = await textLines({ path, name: file }, context);
  if (lines.length === 0) throw badFile(file, 'is empty');
  return { file, names: lines.map(line => unquoted(line.split('\t', 1)[0]!)) };
}

export interface KeptGenes {
  /** For every feature its gene, or -1 for a feature that is none. */
  readonly geneOf: Int32Array;
  readonly ids: readonly string[];
  readonly symbols: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Genes are the features of type "Gene Expression"; all of them where types are not given.
 * @throws AppError BAD_FILE where there is none.
 */
export function keepGenes({ file, ids, symbols, types }: Features): KeptGenes {
  // A stray third field in a file of two columns does not make it one of types.
  const typed = types.filter(type => type !== '').length * 2 > types.length;
  const geneOf = new Int32Array(ids.length).fill(-1);
  const kept: number[] = [];
  const others = new Map<string, number>();
  for (const [k, type] of types.entries()) {
    if (!typed || type === GENE_TYPE) {
      geneOf[k] = kept.length;
      kept.push(k);
    } else {
      const name = type === '' ? 'without a type' : type;
      others.set(name, (others.get(name) ?? 0) + 1);
    }
  }
  const list = [...others].map(([type, times]) => `${type} ${times}`).join(', ');
  if (kept.length === 0) throw badFile(file, `lists no gene expression, only other features (${list})`);
  const left = ids.length - kept.length;
  const what =
    left === 1
      ? `1 feature of ${file} that is not a gene was`
      : `${left} features of ${file} that are not genes were`;
  return {
    geneOf,
    ids: kept.map(k => ids[k]!),
    symbols: kept.map(k => symbols[k]!),
    warnings: left === 0 ? [] : [`${what} left out (${list}).`],
  };
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const quoted = trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"');
  return quoted ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
}
