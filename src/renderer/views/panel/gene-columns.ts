/** The columns of the table of genes, and the groups it can be cut down to. */
import { FLAG_HELP, FLAG_WORDS, type GeneFlag } from '../../../shared/assay-fit.ts';
import type { PanelGene } from '../../../shared/model.ts';
import { figure } from '../../ui/format.ts';
import type { Column } from '../../ui/table.ts';

export type GeneGroup = 'panel' | 'both' | 'landmarks' | 'all';

export const IN_GROUP: Readonly<Record<GeneGroup, (gene: PanelGene) => boolean>> = {
  panel: gene => gene.inPanel,
  both: gene => gene.inPanel && gene.landmark,
  landmarks: gene => gene.landmark && !gene.inPanel,
  all: () => true,
};

/** Why a gene is in the panel or out of it, with its place in each list. */
export function reasonOf(gene: PanelGene): string {
  switch (gene.list) {
    case 'maximum':
      return `largest weights, no. ${gene.rankMaximum}`;
    case 'minimum':
      return `smallest weights, no. ${gene.rankMinimum}`;
    case 'both':
      return `both ends, no. ${gene.rankMaximum} and ${gene.rankMinimum}`;
    case 'norm':
      return 'largest row of weights';
    case 'stable':
      return `chosen by ${share(gene.share!)} of the networks`;
    default:
      if (gene.inPanel) return gene.reason ?? `chosen by the ${gene.list} rule`;
      return gene.switchedOff ? 'out: switched off' : 'out: weights between';
  }
}

const share = (value: number): string => `${(100 * value).toFixed(0)} %`;

/**
 * @param wide with all columns on the screen; the rest is always exported and found
 * @param flagsOf what speaks against a gene on a platform with probes
 * @param stable whether several networks chose
 */
export function geneColumns(
  wide: boolean,
  flagsOf: (gene: PanelGene) => readonly GeneFlag[] = () => [],
  stable = false,
): Column<PanelGene>[] {
  return [
    { id: 'symbol', label: 'Gene', value: gene => gene.symbol || gene.name },
    { id: 'ensembl', label: 'Ensembl', value: gene => gene.ensembl, hidden: !wide },
    { id: 'entrez', label: 'Entrez', value: gene => gene.entrez || null, number: true, hidden: !wide },
    { id: 'why', label: 'Why it is in', value: reasonOf },
    {
      id: 'maximum',
      label: 'Largest weight',
      value: gene => gene.maximum,
      text: gene => figure(gene.maximum),
      number: true,
      hidden: !wide,
    },
    {
      id: 'minimum',
      label: 'Smallest weight',
      value: gene => gene.minimum,
      text: gene => figure(gene.minimum),
      number: true,
      hidden: !wide,
    },
    {
      id: 'norm',
      label: 'Weight',
      value: gene => gene.norm,
      text: gene => figure(gene.norm),
      number: true,
      hint: 'Length of the gene’s row of weights in the first layer of the network that selects: how much that network reads the gene.',
    },
    ...(stable
      ? [
          {
            id: 'stability',
            label: 'Stability',
            value: (gene: PanelGene) => gene.share ?? null,
            text: (gene: PanelGene) => share(gene.share ?? 0),
            number: true,
            hint: 'Share of networks on random halves of the training cells that choose the gene.',
          },
        ]
      : []),
    {
      id: 'mean',
      label: 'Mean',
      value: gene => gene.mean,
      text: gene => figure(gene.mean),
      number: true,
      hint: 'Mean over training cells on the log scale of the run.',
      hidden: !wide,
    },
    {
      id: 'detected',
      label: 'Detected',
      value: gene => gene.detected,
      text: gene => share(gene.detected),
      number: true,
    },
    {
      id: 'r2',
      label: 'R²',
      value: gene => gene.r2,
      text: gene => (gene.inPanel ? 'measured' : figure(gene.r2)),
      number: true,
      hint: 'How well the panel’s linear model predicts the gene in held-out cells; 0 is no better than its mean.',
    },
    { id: 'landmark', label: 'L1000', value: gene => (gene.landmark ? 'L1000' : '') },
    {
      id: 'flags',
      label: 'Watch out',
      value: gene =>
        flagsOf(gene)
          .map(flag => FLAG_WORDS[flag])
          .join('; '),
      hint: `What speaks against the gene on a platform with probes. ${Object.values(FLAG_HELP).join('. ')}. Train can keep such genes out of the panel.`,
    },
  ];
}
