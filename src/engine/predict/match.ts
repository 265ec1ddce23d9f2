/** Genes of new data found among those of a run, whatever ids either has. */
import type { GeneTable } from '../../shared/model.ts';

export interface GeneMatch {
  /** Per gene of the run: its column in the new data, or -1. */
  readonly column: Int32Array;
  /** By which id each was found. */
  readonly by: readonly (MatchKind | null)[];
}

export type MatchKind = 'Ensembl id' | 'Entrez id' | 'symbol' | 'name';

/** By Ensembl id, then Entrez id, symbol and name; a column of the new data serves one gene only. */
export function matchGenes(run: GeneTable, data: GeneTable): GeneMatch {
  const keys: readonly [MatchKind, (table: GeneTable, gene: number) => string][] = [
    ['Ensembl id', (table, gene) => table.ensembl[gene]!],
    ['Entrez id', (table, gene) => (table.entrez[gene]! > 0 ? String(table.entrez[gene]) : '')],
    ['symbol', (table, gene) => table.symbol[gene]!],
    ['name', (table, gene) => table.name[gene]!],
  ];
  const column = new Int32Array(run.name.length).fill(-1);
  const by = new Array<MatchKind | null>(run.name.length).fill(null);
  const taken = new Set<number>();
  for (const [kind, keyOf] of keys) {
    const places = new Map<string, number>();
    for (let gene = 0; gene < data.name.length; gene++) {
      const key = keyOf(data, gene);
      if (key !== '' && !taken.has(gene) && !places.has(key)) places.set(key, gene);
    }
    for (let gene = 0; gene < column.length; gene++) {
      if (column[gene]! >= 0) continue;
      const place = places.get(keyOf(run, gene));
      if (place === undefined || taken.has(place)) continue;
      column[gene] = place;
      by[gene] = kind;
      taken.add(place);
    }
  }
  return { column, by };
}
