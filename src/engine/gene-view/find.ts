/** Genes by symbol, Ensembl id, Entrez id, the name that the data give them, or another name of the reference. */
import { standingOf, type GeneMatch, type GeneMatches } from '../../shared/gene-view.ts';
import type { GeneTable, PanelGene } from '../../shared/model.ts';
import type { GeneReference, ReferenceGene } from '../genes/reference.ts';

const MOST = 12;

/**
 * @param table all genes of the data set; null where it was deleted
 * @param ofRun the genes that the run kept
 */
export function findGenes(
  table: GeneTable | null,
  ofRun: readonly PanelGene[],
  reference: GeneReference,
  query: string,
): GeneMatches {
  const wanted = query.trim().toLowerCase();
  const complete = table !== null;
  if (wanted === '') return { matches: [], absent: null, complete };
  const kept = new Map(ofRun.map(gene => [gene.name, gene]));
  const genes = candidates(table, ofRun);
  const { gene: known, alias } = namedBy(reference, query.trim());
  const ranked = genes
    .map(gene => ({ gene, rank: rankOf(gene, wanted, known) }))
    .filter(({ rank }) => rank < NO_MATCH)
    .sort((a, b) => a.rank - b.rank || a.gene.symbol.length - b.gene.symbol.length)
    .slice(0, MOST);
  const matches = ranked.map(({ gene, rank }): GeneMatch => {
    const own = kept.get(gene.name);
    return { ...gene, standing: own ? standingOf(own) : 'lost', alias: rank === BY_ALIAS ? alias : '' };
  });
  const found = known === null || genes.some(gene => isGene(gene, known));
  const absent = found || known === null ? null : { symbol: known.symbol, description: known.name, alias };
  return { matches, absent, complete };
}

type Candidate = Pick<GeneMatch, 'name' | 'symbol' | 'ensembl' | 'entrez' | 'landmark'>;

function candidates(table: GeneTable | null, ofRun: readonly PanelGene[]): Candidate[] {
  if (table === null) {
    return ofRun.map(({ name, symbol, ensembl, entrez, landmark }) => ({
      ...{ name, symbol, ensembl, entrez, landmark },
    }));
  }
  return table.name.map((name, k) => ({
    name,
    symbol: table.symbol[k]!,
    ensembl: table.ensembl[k]!,
    entrez: table.entrez[k]!,
    landmark: table.landmark[k]! >= 0,
  }));
}

const BY_ALIAS = 1;
const NO_MATCH = 5;

/** Exact names first, then another name of the gene, then names that begin with or hold the text. */
function rankOf(gene: Candidate, wanted: string, known: ReferenceGene | null): number {
  const names = [gene.symbol, gene.name, gene.ensembl].map(name => name.toLowerCase());
  if (names.includes(wanted) || String(gene.entrez) === wanted) return 0;
  if (known !== null && isGene(gene, known)) return BY_ALIAS;
  if (names[0]!.startsWith(wanted)) return 2;
  if (names.some(name => name.startsWith(wanted))) return 3;
  return names.some(name => name.includes(wanted)) ? 4 : NO_MATCH;
}

function isGene(gene: Candidate, known: ReferenceGene): boolean {
  return gene.entrez === known.entrez || (gene.ensembl !== '' && known.ensembl.includes(gene.ensembl));
}

/** The human gene of exactly this name, whatever kind of name it is. */
function namedBy(reference: GeneReference, query: string): { gene: ReferenceGene | null; alias: string } {
  const upper = query.toUpperCase();
  const direct =
    reference.bySymbol.get(query) ??
    reference.bySymbol.get(upper) ??
    reference.byEnsembl.get(upper.replace(/\.\d+$/, '')) ??
    (/^\d+$/.test(query) ? reference.byEntrez.get(Number(query)) : undefined);
  if (direct) return { gene: direct, alias: '' };
  for (const name of [query, upper]) {
    const gene = reference.byAlias.get(name);
    if (gene) return { gene, alias: name };
  }
  return { gene: null, alias: '' };
}
