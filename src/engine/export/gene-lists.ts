/**
 * Plain lists of ids for other tools: one id per line, each once, for the panel, the L1000 landmarks present and the
 * run's background; and the ranking of all genes for GSEA. What each mapping loses is counted for the README.
 */
import { plainText } from '../../shared/charts/text.ts';
import type { PanelGene } from '../../shared/model.ts';

export interface GeneList {
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

/** @param panel name of the panel, the first part of its file names */
export function geneLists(panel: string, genes: readonly PanelGene[]): GeneList[] {
  const sets = [
    { name: panel, what: `the panel ${panel}`, genes: genes.filter(g => g.inPanel) },
    { name: 'L1000', what: 'the L1000 landmarks present in the data', genes: genes.filter(g => g.landmark) },
    { name: 'background', what: 'all genes of the run, the background for tests of these lists', genes },
  ];
  const lists = sets
    .filter(set => set.genes.length > 0)
    .flatMap(set =>
      KINDS.map(({ kind, what, id }) =>
        listOf(`${set.name}_${kind}.txt`, `${what} of ${set.what}`, set.genes, id),
      ),
    );
  return [...lists, ranking(panel, genes)];
}

function listOf(
  file: string,
  what: string,
  genes: readonly PanelGene[],
  id: (gene: PanelGene) => string,
): GeneList {
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

/** GSEA's pre-ranked list: symbol, tab, value; no symbol and no value twice, largest first. */
function ranking(panel: string, genes: readonly PanelGene[]): GeneList {
  const sorted = genes
    .map((gene, order) => ({ symbol: oneLine(gene.symbol), norm: gene.norm, order }))
    .filter(gene => gene.symbol !== '' && Number.isFinite(gene.norm))
    .sort((a, b) => b.norm - a.norm || a.order - b.order);
  const seen = new Set<string>();
  // GSEA reads 32-bit floats, so equal values are set apart by two of the largest value's last digits in that format.
  const step = (sorted[0]?.norm ?? 0) * 2 ** -22 || 2 ** -22;
  let previous = Infinity;
  let moved = 0;
  let content = '';
  for (const { symbol, norm } of sorted) {
    if (seen.has(symbol)) continue;
    seen.add(symbol);
    const value = Math.min(norm, previous - step);
    if (value !== norm) moved++;
    previous = value;
    content += `${symbol}\t${value}\n`;
  }
  const ties =
    moved > 0 ? `; ${moved} equal values were set apart by the smallest steps, in the order of the data` : '';
  const lost = genes.length - seen.size;
  return {
    file: `${panel}_ranked.rnk`,
    content,
    note: `${seen.size} symbols ranked by the norm of their first-layer weights, for GSEA${ties}${lost > 0 ? `; ${lost} genes without a symbol of their own are left out` : ''}`,
  };
}

function oneLine(id: string): string {
  return plainText(id).replace(/\s+/g, ' ').trim();
}
