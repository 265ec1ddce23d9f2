/** The lists of a run that other tools are asked about: the panel, the landmarks, what they share, and the background. */
import { plainText } from '../../shared/charts/text.ts';
import type { PanelGene } from '../../shared/model.ts';

export interface ListSet {
  /** First part of file names and name of the set within a file; without a hyphen, which GSEA does not take. */
  readonly name: string;
  readonly what: string;
  readonly genes: readonly PanelGene[];
}

/** Sets with a gene at least. @param panel name of the panel */
export function listSets(panel: string, genes: readonly PanelGene[]): ListSet[] {
  const set = (name: string, what: string, take: (gene: PanelGene) => boolean): ListSet => ({
    name,
    what,
    genes: genes.filter(take),
  });
  return [
    set(panel, `the panel ${panel}`, g => g.inPanel),
    set('L1000', 'the L1000 landmarks present in the data', g => g.landmark),
    set(`${panel}_and_L1000`, `${panel} and L1000 (in both)`, g => g.inPanel && g.landmark),
    set(`${panel}_or_L1000`, `${panel} or L1000 (in one at least)`, g => g.inPanel || g.landmark),
    set(`${panel}_not_L1000`, `${panel} without L1000`, g => g.inPanel && !g.landmark),
    set(`L1000_not_${panel}`, `L1000 without ${panel}`, g => g.landmark && !g.inPanel),
    set('background', 'all genes of the run, the background for tests of these lists', () => true),
  ].filter(({ genes: all }) => all.length > 0);
}

/** A name or id without line breaks and other characters that would end an entry. */
export function oneLine(id: string): string {
  return plainText(id).replace(/\s+/g, ' ').trim();
}

/** Symbols of genes, each once, in their order. */
export function symbolsOf(genes: readonly PanelGene[]): string[] {
  return [...new Set(genes.map(gene => oneLine(gene.symbol)).filter(symbol => symbol !== ''))];
}
