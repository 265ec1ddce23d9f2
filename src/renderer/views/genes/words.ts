/** Where a gene stands, in a sentence a biologist would say. */
import { BLIND_BELOW, type GeneStanding, type GeneView } from '../../../shared/gene-view.ts';
import { count } from '../../ui/format.ts';

export const STANDING: Readonly<Record<GeneStanding, string>> = {
  measured: 'measured',
  predicted: 'predicted',
  blind: 'blind',
  constant: 'not judged',
  lost: 'lost to the filter',
};

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function betterWords(better: number): string {
  if (better >= 0.995) return 'more than for nearly every other predicted gene';
  if (better < 0.005) return 'less than for nearly every other predicted gene';
  return `more than for ${percent(better)} of the predicted genes`;
}

/** @param panel name of the panel; @param better share of the predicted genes that this one does better than */
export function standingWords(view: GeneView, panel: string, better: number | null): string {
  const name = view.symbol || view.name;
  const { cells, of, minReads, minCells } = view.filter;
  switch (view.standing) {
    case 'measured':
      return `${name} is measured: it is one of the genes of ${panel}.`;
    case 'predicted':
      return `${name} is predicted from ${panel}: the linear model explains ${percent(view.r2!)} of its variance in held-out cells${better === null ? '' : `, ${betterWords(better)}`}.`;
    case 'blind':
      return `${panel} is blind to ${name}: in held-out cells the prediction is no better than the gene’s mean (R² ${view.r2!.toFixed(3).replace('-', '−')}, below ${BLIND_BELOW}).`;
    case 'constant':
      return `Nothing can be said of ${name}: it has the same value in all held-out cells.`;
    case 'lost': {
      const reads = minReads > 1 ? `at least ${count(minReads)} reads` : 'a count above zero';
      return `${name} was lost to the gene filter: it has ${reads} in ${count(cells)} of ${count(of)} cells, and ${count(minCells)} are needed.`;
    }
  }
}
