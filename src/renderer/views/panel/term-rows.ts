/** The table of terms: one row a term, with each list's figures beside each other. */
import {
  isEnriched,
  type EnrichedList,
  type EnrichedSet,
  type RankedSet,
} from '../../../shared/enrichment.ts';
import type { Column } from '../../ui/table.ts';

export type TermView = 'specific' | 'groups' | 'all';

export interface TermRow {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly setSize: number;
  /** In the order of the lists; undefined where a list did not test the term. */
  readonly of: readonly (EnrichedSet | undefined)[];
  /** Names of the lists in which it is enriched. */
  readonly enrichedIn: readonly string[];
  /** Smallest adjusted p of all lists. */
  readonly best: number;
}

const SHOWN: Readonly<Record<TermView, (row: EnrichedSet) => boolean>> = {
  specific: row => row.specific,
  groups: row => row.group === row.id,
  all: () => true,
};

/** @param held 'any', 'shared', or 'only:' and the name of a list */
export function termRows(lists: readonly EnrichedList[], view: TermView, held: string): TermRow[] {
  const found = lists.map(({ rows }) => new Map(rows.map(row => [row.id, row])));
  const ids = new Set(lists.flatMap(({ rows }) => rows.filter(SHOWN[view]).map(({ id }) => id)));
  return [...ids].flatMap(id => {
    const of = found.map(rows => rows.get(id));
    const { name, namespace, setSize } = of.find(row => row !== undefined)!;
    const enrichedIn = lists.flatMap((list, k) =>
      of[k] !== undefined && isEnriched(of[k]) ? [list.name] : [],
    );
    const fits =
      held === 'any' ||
      (held === 'shared'
        ? enrichedIn.length > 1
        : enrichedIn.length === 1 && held === `only:${enrichedIn[0]}`);
    const best = Math.min(...of.map(row => row?.adjusted ?? 1));
    return fits ? [{ id, name, namespace, setSize, of, enrichedIn, best }] : [];
  });
}

const small = (p: number): string =>
  p >= 0.01
    ? p.toFixed(2)
    : p
        .toExponential(1)
        .replace('e-', ' × 10⁻')
        .replace(/⁻(\d+)$/, (_, n: string) => `⁻${raised(n)}`);
const raised = (digits: string): string => [...digits].map(d => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(d)]).join('');

export function termColumns(lists: readonly EnrichedList[]): Column<TermRow>[] {
  return [
    { id: 'name', label: 'Term', value: row => row.name },
    { id: 'id', label: 'Id', value: row => row.id, width: '100px' },
    {
      id: 'namespace',
      label: 'Kind',
      value: row => row.namespace,
      hint: 'BP: biological process, MF: molecular function, CC: cellular component.',
    },
    {
      id: 'setSize',
      label: 'Genes',
      value: row => row.setSize,
      number: true,
      hint: 'Genes of the run that have the term.',
    },
    ...lists.flatMap(({ name }, k): Column<TermRow>[] => [
      {
        id: `overlap-${k}`,
        label: name,
        value: row => row.of[k]?.overlap ?? null,
        text: row => {
          const own = row.of[k];
          return own === undefined ? '' : `${own.overlap} (${own.fold.toFixed(1)}×)`;
        },
        number: true,
        hint: `Genes of ${name} with the term, and how many times as many as chance would give.`,
      },
      {
        id: `adjusted-${k}`,
        label: 'adjusted p',
        value: row => row.of[k]?.adjusted ?? null,
        text: row => (row.of[k] === undefined ? '' : small(row.of[k].adjusted)),
        number: true,
      },
      {
        id: `genes-${k}`,
        label: `genes of ${name}`,
        value: row => row.of[k]?.genes.join(' ') ?? '',
        hidden: true,
      },
    ]),
    { id: 'in', label: 'Enriched in', value: row => row.enrichedIn.join(', ') },
    { id: 'best', label: 'best adjusted p', value: row => row.best, number: true, hidden: true },
  ];
}

export function rankedColumns(figure: (value: number) => string): Column<RankedSet>[] {
  return [
    { id: 'name', label: 'Term', value: row => row.name },
    { id: 'id', label: 'Id', value: row => row.id, width: '100px' },
    { id: 'namespace', label: 'Kind', value: row => row.namespace },
    { id: 'setSize', label: 'Genes', value: row => row.setSize, number: true },
    {
      id: 'score',
      label: 'Score',
      value: row => row.score,
      text: row => figure(row.score),
      number: true,
      hint: 'Largest deviation of the running sum along the ranking: 1 where all genes of the term stand at the top.',
    },
    {
      id: 'normalised',
      label: 'Normalised',
      value: row => row.normalised,
      text: row => figure(row.normalised),
      number: true,
      hint: 'Score over the mean score of random sets of the same size.',
    },
    { id: 'p', label: 'p', value: row => row.p, text: row => small(row.p), number: true },
    {
      id: 'adjusted',
      label: 'adjusted p',
      value: row => row.adjusted,
      text: row => small(row.adjusted),
      number: true,
    },
    { id: 'leading', label: 'Leading genes', value: row => row.leading.join(' '), hidden: true },
  ];
}
