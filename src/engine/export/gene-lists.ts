/**
 * Files of ids for other tools (docs/gene-identity.md): plain lists of each set in each kind of id, rankings of all genes, and
 * files of sets. What each mapping loses is counted for the README.
 */
import { plainCsv } from '../../shared/csv.ts';
import type { PanelGene } from '../../shared/model.ts';
import { listSets, oneLine, symbolsOf, type ListSet } from './list-sets.ts';

export interface ListFile {
  /** File name, without folder. */
  readonly file: string;
  readonly content: string;
  /** What it holds and what was lost, for the README. */
  readonly note: string;
}

const KINDS = [
  { kind: 'symbols', what: 'gene symbols', id: (g: PanelGene) => g.symbol },
  { kind: 'ensembl', what: 'Ensembl gene ids', id: (g: PanelGene) => g.ensembl },
  { kind: 'entrez', what: 'Entrez gene ids', id: (g: PanelGene) => (g.entrez > 0 ? String(g.entrez) : '') },
] as const;

/** PANTHER takes no more. */
const MOST_FOR_PANTHER = 10_000;

/** @param panel name of the panel, the first part of its file names */
export function geneLists(panel: string, genes: readonly PanelGene[]): ListFile[] {
  const sets = listSets(panel, genes);
  const lists = sets.flatMap(set =>
    KINDS.map(({ kind, what, id }) =>
      listOf(`${set.name}_${kind}.txt`, `${what} of ${set.what}`, set.genes, id),
    ),
  );
  return [...lists, ...rankings(panel, genes), ...setFiles(sets.filter(({ name }) => name !== 'background'))];
}

function listOf(
  file: string,
  what: string,
  genes: readonly PanelGene[],
  id: (gene: PanelGene) => string,
): ListFile {
  const ids = genes.map(gene => oneLine(id(gene)));
  const unique = new Set(ids.filter(text => text !== ''));
  const without = ids.filter(text => text === '').length;
  const repeated = genes.length - without - unique.size;
  const lost = [
    ...(without > 0 ? [`${without} of ${genes.length} genes have no such id`] : []),
    ...(repeated > 0 ? [`${repeated} share an id with another gene and are listed once`] : []),
  ];
  const note = `${unique.size} ${what}${lost.length > 0 ? `; ${lost.join('; ')}` : ''}`;
  return { file, content: [...unique].map(text => `${text}\n`).join(''), note };
}

/** Largest norm first; genes of equal norm in the order of the data. */
function byNorm(genes: readonly PanelGene[]): PanelGene[] {
  return genes.filter(gene => Number.isFinite(gene.norm)).sort((a, b) => b.norm - a.norm);
}

function rankings(panel: string, genes: readonly PanelGene[]): ListFile[] {
  const sorted = byNorm(genes);
  const by = 'by the norm of their first-layer weights';
  const forGsea = distinct(sorted, gene => oneLine(gene.symbol));
  const forR = distinct(sorted, gene => (gene.entrez > 0 ? String(gene.entrez) : ''));
  const ordered = listOf(
    '',
    '',
    sorted.filter(gene => gene.inPanel),
    idOf,
  );
  const forPanther = distinct(sorted, gene => gene.ensembl);
  const panther = forPanther.rows.slice(0, MOST_FOR_PANTHER);
  const cut =
    panther.length < forPanther.rows.length
      ? `; the ${panther.length} largest, because PANTHER takes no more`
      : '';
  return [
    {
      file: `${panel}_ranked.rnk`,
      content: forGsea.rows.map(([id, value]) => `${id}\t${value}\n`).join(''),
      note: `${forGsea.rows.length} symbols ranked ${by}, for GSEA${forGsea.lost}`,
    },
    {
      file: `${panel}_ranked_entrez.csv`,
      content: plainCsv([['entrez', 'norm'], ...forR.rows.map(([id, value]) => [id, String(value)])]),
      note: `${forR.rows.length} Entrez ids with the norm of their first-layer weights, decreasing, for GSEA in clusterProfiler${forR.lost}`,
    },
    {
      file: `${panel}_panther_values.txt`,
      content: panther.map(([id, value]) => `${id}\t${value}\n`).join(''),
      note: `${panther.length} Ensembl ids with the same numbers, for PANTHER's enrichment test (Mann-Whitney)${cut}${forPanther.lost}`,
    },
    {
      file: `${panel}_ordered.txt`,
      content: ordered.content,
      note: `ids of the panel (Ensembl, else the symbol), largest norm first, for an ordered query of g:Profiler`,
    },
  ];
}

/** Mixed types are allowed where this goes. */
function idOf(gene: PanelGene): string {
  return gene.ensembl || gene.symbol;
}

/** Ids with their norms, no id and no value twice: equal values are set apart by steps that 32-bit readers still see. */
function distinct(
  sorted: readonly PanelGene[],
  id: (gene: PanelGene) => string,
): { readonly rows: readonly (readonly [string, number])[]; readonly lost: string } {
  const step = (sorted[0]?.norm ?? 0) * 2 ** -22 || 2 ** -22;
  const rows: [string, number][] = [];
  const seen = new Set<string>();
  let previous = Infinity;
  let moved = 0;
  for (const gene of sorted) {
    const text = id(gene);
    if (text === '' || seen.has(text)) continue;
    seen.add(text);
    const value = Math.min(gene.norm, previous - step);
    if (value !== gene.norm) moved++;
    previous = value;
    rows.push([text, value]);
  }
  const without = sorted.length - rows.length;
  const lost = [
    ...(moved > 0
      ? [`${moved} equal values were set apart by the smallest steps, in the order of the data`]
      : []),
    ...(without > 0 ? [`${without} genes without such an id of their own are left out`] : []),
  ];
  return { rows, lost: lost.map(text => `; ${text}`).join('') };
}

/** All sets in one file, as three kinds of tools read them. */
function setFiles(sets: readonly ListSet[]): ListFile[] {
  const named = sets.map(({ name, what, genes }) => ({ name, what, symbols: symbolsOf(genes) }));
  const longest = Math.max(...named.map(({ symbols }) => symbols.length));
  const gmx = [
    named.map(({ name }) => name),
    named.map(({ what }) => what),
    ...Array.from({ length: longest }, (_, k) => named.map(({ symbols }) => symbols[k] ?? '')),
  ];
  const cellxgene = sets.flatMap(({ name, what, genes }) =>
    genes
      .filter((gene, k) => gene.symbol !== '' && genes.findIndex(other => other.symbol === gene.symbol) === k)
      .map(gene => [name, what, oneLine(gene.symbol), gene.ensembl]),
  );
  const what = named.map(({ name }) => name).join(', ');
  return [
    {
      file: 'panels.gmt',
      content: named
        .map(({ name, what: says, symbols }) => `${[name, says, ...symbols].join('\t')}\n`)
        .join(''),
      note: `the sets ${what} by symbol, one on each line, for GSEA and most others`,
    },
    {
      file: 'panels.gmx',
      content: gmx.map(row => `${row.join('\t')}\n`).join(''),
      note: 'the same sets, one in each column, for GSEA',
    },
    {
      file: 'gene_sets_cellxgene.csv',
      content: plainCsv([
        ['gene_set_name', 'gene_set_description', 'gene_symbol', 'gene_description'],
        ...cellxgene,
      ]),
      note: 'the same sets with the Ensembl id as description, for cellxgene',
    },
  ];
}
