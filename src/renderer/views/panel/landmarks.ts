/** Where the panel and L1000 differ, gene by gene, and what chance would share, in words. */
import { formatP } from '../../../shared/charts/text.ts';
import type { LandmarkReport } from '../../../shared/import.ts';
import type { PanelGene, PanelSummary } from '../../../shared/model.ts';
import { count } from '../../ui/format.ts';

export type LandmarkFate = 'both' | 'panel' | 'l1000' | 'lost' | 'absent';

export interface LandmarkRow {
  readonly name: string;
  readonly symbol: string;
  readonly ensembl: string;
  readonly fate: LandmarkFate;
  readonly r2: number | null;
}

/** @param report landmarks of the data set; null where it cannot be asked any more: then only kept ones are known */
export function landmarkRows(genes: readonly PanelGene[], report: LandmarkReport | null): LandmarkRow[] {
  const rows = genes
    .filter(gene => gene.inPanel || gene.landmark)
    .map(({ name, symbol, ensembl, inPanel, landmark, r2 }): LandmarkRow => {
      const fate = inPanel && landmark ? 'both' : inPanel ? 'panel' : 'l1000';
      return { name, symbol: symbol || name, ensembl, fate, r2 };
    });
  if (report === null) return rows;
  const kept = new Set(genes.filter(({ landmark }) => landmark).map(({ symbol }) => symbol));
  const gone = (symbol: string, fate: LandmarkFate): LandmarkRow => ({
    ...{ name: symbol, symbol, ensembl: '', fate, r2: null },
  });
  return [
    ...rows,
    ...report.present.filter(symbol => !kept.has(symbol)).map(symbol => gone(symbol, 'lost')),
    ...report.missing.map(symbol => gone(symbol, 'absent')),
  ];
}

/** One or two sentences on the overlap and chance. */
export function overlapWords(panel: PanelSummary, background: number): string {
  const { l1000Overlap: shared, expectedOverlap: expected, p } = panel;
  const genes = `${count(shared)} ${shared === 1 ? 'gene is' : 'genes are'} in both`;
  const chance = `chance alone would share about ${expected.toFixed(expected < 10 ? 1 : 0)}`;
  if (p === null) return `${genes}; ${chance}.`;
  const more = shared > expected ? 'more' : 'fewer';
  const judged =
    p < 0.05
      ? `that is ${more} than two unrelated lists would share`
      : 'that is what two unrelated lists could share';
  return `${genes}; ${chance}, so ${judged} (two-sided p = ${formatP(p)}, background ${count(background)} genes).`;
}
