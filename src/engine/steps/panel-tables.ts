/** What is shown of a panel: how much it shares with the L1000 landmarks, and every gene with why it is in or out. */
import { twoSidedOverlap } from '../../core/hypergeometric.ts';
import type { GeneTable, PanelGene, PanelSummary } from '../../shared/model.ts';
import type { Panel, WeightRows } from './panel.ts';

/** The panel beside L1000: shared genes, what chance would share, and a two-sided p against the run's genes. */
export function panelSummary(panel: Panel, genes: Pick<GeneTable, 'landmark'>): PanelSummary {
  const background = genes.landmark.length;
  const present = genes.landmark.filter(row => row >= 0).length;
  const shared = panel.genes.filter(gene => genes.landmark[gene]! >= 0).length;
  const size = panel.genes.length;
  return {
    rule: panel.rule,
    name: panel.name,
    size,
    l1000Overlap: shared,
    l1000Present: present,
    expectedOverlap: (size * present) / background,
    p:
      present === 0 || present === background
        ? null
        : twoSidedOverlap({ shared, sizeA: size, sizeB: present, background }),
    ties: panel.ties,
    ...(panel.stability && { stability: panel.stability }),
  };
}

/**
 * The run's genes as exported and shown.
 * @param genes the run's genes; all arrays follow them
 * @param r2 held-out R2 of the panel's linear model per gene; NaN for panel genes and constant genes
 */
export function panelGenes(
  panel: Panel,
  weights: WeightRows,
  genes: GeneTable,
  training: { readonly means: Float32Array; readonly detected: Float32Array },
  r2: Float64Array,
): PanelGene[] {
  return genes.name.map((name, gene) => ({
    name,
    symbol: genes.symbol[gene]!,
    ensembl: genes.ensembl[gene]!,
    entrez: genes.entrez[gene]!,
    list: panel.list[gene]!,
    rankMaximum: panel.rankMaximum[gene]!,
    rankMinimum: panel.rankMinimum[gene]!,
    maximum: weights.maximum[gene]!,
    minimum: weights.minimum[gene]!,
    norm: weights.norm[gene]!,
    inPanel: panel.list[gene] !== '',
    ...(panel.reasons?.has(gene) && { reason: panel.reasons.get(gene)! }),
    ...(panel.shares && { share: panel.shares[gene]! }),
    switchedOff: panel.switchedOff[gene] === 1,
    landmark: genes.landmark[gene]! >= 0,
    mean: training.means[gene]!,
    detected: training.detected[gene]!,
    r2: Number.isNaN(r2[gene]!) ? null : r2[gene]!,
  }));
}
