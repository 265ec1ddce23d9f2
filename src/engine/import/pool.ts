/**
 * Which genes several files share. Genes are the same by Ensembl id; where one side has another or none, by Entrez id;
 * genes that are known by neither, by name. Every row is used once.
 */
import type { GeneTable } from '../../shared/model.ts';
import { counted, grouped } from '../steps/words.ts';

export interface PoolFile {
  /** Name for messages. */
  readonly name: string;
  readonly table: GeneTable;
  /** Counts per gene: of several rows for one gene, the one with most counts is taken. */
  readonly totals: ArrayLike<number>;
}

export interface PooledGenes {
  /** The shared genes in the order of the first file, with its names. */
  readonly table: GeneTable;
  /** Per file: its row for each shared gene. */
  readonly rows: readonly Int32Array[];
  readonly warnings: readonly string[];
}

export function poolGenes(files: readonly PoolFile[]): PooledGenes {
  const [first, ...others] = files;
  const matched = others.map(file => matchRows(first!, file));
  const shared: number[] = [];
  for (const row of first!.table.name.keys()) if (matched.every(rows => rows[row]! >= 0)) shared.push(row);
  const rows = [Int32Array.from(shared), ...matched.map(own => Int32Array.from(shared, row => own[row]!))];
  const table = joinTables(files, rows);
  return { table, rows, warnings: lossWarnings(files, table) };
}

/** For each row of the first table its partner in the other one, or -1. */
function matchRows(first: PoolFile, other: PoolFile): Int32Array {
  const partner = new Int32Array(first.table.name.length).fill(-1);
  const used = new Uint8Array(other.table.name.length);
  for (const keyOf of [ensemblKey, entrezKey, nameKey]) {
    const index = bestRows(other, keyOf, row => used[row] === 0);
    for (const [key, row] of bestRows(first, keyOf, own => partner[own] === -1)) {
      const found = index.get(key);
      if (found === undefined) continue;
      partner[row] = found;
      used[found] = 1;
    }
  }
  return partner;
}

type KeyOf = (table: GeneTable, row: number) => string | number | null;
const ensemblKey: KeyOf = (table, row) => table.ensembl[row]! || null;
const entrezKey: KeyOf = (table, row) => table.entrez[row]! || null;
const nameKey: KeyOf = (table, row) =>
  table.ensembl[row] === '' && table.entrez[row] === 0 ? table.symbol[row]! : null;

/** The row of each key: the landmark's row where there is one, then the row with most counts, then the first. */
function bestRows(
  { table, totals }: PoolFile,
  keyOf: KeyOf,
  free: (row: number) => boolean,
): Map<string | number, number> {
  const worth = (row: number): number => (table.landmark[row]! >= 0 ? Infinity : (totals[row] ?? 0));
  const best = new Map<string | number, number>();
  for (const row of table.name.keys()) {
    const key = keyOf(table, row);
    if (key === null || !free(row)) continue;
    const held = best.get(key);
    if (held === undefined || worth(row) > worth(held)) best.set(key, row);
  }
  return best;
}

/** Names of the first file; ids from the first file that has them; a landmark where any file has it, once. */
function joinTables(files: readonly PoolFile[], rows: readonly Int32Array[]): GeneTable {
  const [first] = files;
  const length = rows[0]!.length;
  const taken = new Set<number>();
  const landmark = new Array<number>(length).fill(-1);
  for (const [k, { table }] of files.entries()) {
    for (let gene = 0; gene < length; gene++) {
      const own = table.landmark[rows[k]![gene]!]!;
      if (own < 0 || landmark[gene]! >= 0 || taken.has(own)) continue;
      landmark[gene] = own;
      taken.add(own);
    }
  }
  const firstOf = <T>(column: (table: GeneTable) => readonly T[], none: T): T[] =>
    Array.from({ length }, (_, gene) => {
      for (const [k, { table }] of files.entries()) {
        const value = column(table)[rows[k]![gene]!]!;
        if (value !== none) return value;
      }
      return none;
    });
  return {
    name: Array.from(rows[0]!, row => first!.table.name[row]!),
    symbol: Array.from(rows[0]!, row => first!.table.symbol[row]!),
    ensembl: firstOf(table => table.ensembl, ''),
    entrez: firstOf(table => table.entrez, 0),
    landmark,
  };
}

function lossWarnings(files: readonly PoolFile[], pooled: GeneTable): string[] {
  const present = new Set(pooled.landmark.filter(landmark => landmark >= 0));
  const genes = pooled.name.length;
  return files
    .filter(({ table }) => table.name.length > genes)
    .map(({ name, table }) => {
      const lost = table.landmark.filter(landmark => landmark >= 0 && !present.has(landmark)).length;
      const left = table.name.length - genes;
      const landmarks = lost === 0 ? '' : `, ${counted(lost, 'landmark')} among them`;
      return `${name}: ${grouped(left)} of its ${counted(table.name.length, 'gene')} ${left === 1 ? 'is' : 'are'} not in every other file and ${left === 1 ? 'was' : 'were'} left out${landmarks}.`;
    });
}
