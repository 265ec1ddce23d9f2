/** The table of genes by trust, and a user's own genes sorted by it. */
import type { GeneList } from '../../../shared/gene-list.ts';
import type { GeneTrust, Trust } from '../../../shared/predict.ts';
import { figure } from '../../ui/format.ts';
import type { Column } from '../../ui/table.ts';

export type MyGenes = Readonly<Record<Trust | 'absent' | 'unknown', readonly string[]>>;

export const TRUST_WORDS: Readonly<Record<keyof MyGenes, string>> = {
  measured: 'measured',
  predictable: 'predictable',
  weak: 'weakly predictable',
  blind: 'blind: do not rely on them',
  absent: 'not among the genes of the run',
  unknown: 'not recognised',
};

export const trustColumns: Column<GeneTrust>[] = [
  { id: 'symbol', label: 'Gene', value: row => row.symbol, width: '140px' },
  { id: 'ensembl', label: 'Ensembl id', value: row => row.ensembl, width: '160px' },
  {
    id: 'trust',
    label: 'Trust',
    value: row => TRUST_WORDS[row.trust],
    hint: 'Predictable: held-out R² of .1 or more with the lower end of its 95 % interval above 0. Weak: above 0.',
  },
  {
    id: 'r2',
    label: 'Held-out R²',
    value: row => row.r2,
    text: row => figure(row.r2),
    number: true,
    hint: 'Of the linear model from the panel scaled by its own total; 0 is what the mean of the gene gives.',
  },
];

/** @param list looked up among the genes of the run, which `trust` follows in its order */
export function sortMine({ entries }: GeneList, trust: readonly GeneTrust[]): MyGenes {
  const sorted: Record<keyof MyGenes, string[]> = {
    ...{ measured: [], predictable: [], weak: [], blind: [], absent: [], unknown: [] },
  };
  for (const { gene, row, text, repeats } of entries) {
    if (repeats !== '') continue;
    const own = row !== null && row >= 0 ? trust[row] : undefined;
    const kind = own?.trust ?? (gene === null ? 'unknown' : 'absent');
    sorted[kind].push(own?.symbol ?? text);
  }
  return sorted;
}
