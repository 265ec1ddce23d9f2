/**
 * The panel's scores between what chance gives and what lies above. Where two panels are compared, only their paired
 * difference on the genes in neither counts: the rival stands that far from the panel's own score.
 */
import { fromPanel } from '../../../shared/charts/labels.ts';
import { formatScore } from '../../../shared/charts/text.ts';
import type { ModelId, ModelMetrics, PairMetrics, RunMetrics } from '../../../shared/model.ts';
import { Scale, type RulerRow } from '../../ui/ruler.ts';

export function rulersOf(metrics: RunMetrics): RulerRow[] {
  const { models } = metrics;
  const find = (start: 'dnn' | 'linear'): ModelMetrics | undefined =>
    models.find(({ id }) => fromPanel(id) && id.startsWith(start));
  const [network, linear] = [find('dnn'), find('linear')];
  return [
    ...(network ? varianceOf(metrics, network, 'Explained variance, network') : []),
    ...(linear ? varianceOf(metrics, linear, 'Explained variance, linear') : []),
    ...(linear ? allGenesOf(metrics, linear) : []),
    ...(linear ? typicalGeneOf(metrics, linear) : []),
  ];
}

function varianceOf(metrics: RunMetrics, model: ModelMetrics, label: string): RulerRow[] {
  const { ev, id } = model;
  if (ev === null) return [];
  const kind = id.slice(0, id.indexOf('-'));
  const against = difference(metrics.pairs, `${kind}-l1000` as ModelId, id);
  const above = difference(metrics.pairs, 'select', id);
  const l1000 = against === null ? null : ev - against;
  const upper = above === null ? null : ev - above;
  const random = randomOf(metrics, id).map(({ ev: chance, evPanel }) => ev - (evPanel - chance));
  const scale = new Scale([ev, l1000, upper, ...random]);
  return [
    {
      label,
      hint: 'The share of the variance of the genes outside the panel that the model explains in held-out cells. 0 is what predicting the mean of every gene gives. Others stand at their difference from the panel on the genes that both predict.',
      marks: [...scale.mark('upper', upper), ...scale.mark('l1000', l1000), ...scale.mark('panel', ev)],
      band: scale.band(random),
      value: formatScore(ev),
      words: wordsOf(ev, { random, l1000, upper }),
    },
  ];
}

function allGenesOf(metrics: RunMetrics, { evAllGenes, id }: ModelMetrics): RulerRow[] {
  if (evAllGenes === null) return [];
  const l1000 = metrics.models.find(model => model.id === 'linear-l1000')?.evAllGenes ?? null;
  const random = randomOf(metrics, id).map(panel => panel.evAllGenes);
  const scale = new Scale([evAllGenes, l1000, ...random]);
  return [
    {
      label: 'Over all genes, linear',
      hint: 'The same over every gene of the run, where measured genes count as known: a figure that needs no common genes, and that a larger panel raises by itself.',
      marks: [...scale.mark('l1000', l1000), ...scale.mark('panel', evAllGenes)],
      band: scale.band(random),
      value: formatScore(evAllGenes),
      words: wordsOf(evAllGenes, { random, l1000, upper: null }),
    },
  ];
}

function typicalGeneOf(metrics: RunMetrics, { medianGeneR2, id }: ModelMetrics): RulerRow[] {
  if (medianGeneR2 === null) return [];
  const random = randomOf(metrics, id).flatMap(({ medianGeneR2: there, medianGeneR2Panel: here }) =>
    there === null || here === null ? [] : [medianGeneR2 - (here - there)],
  );
  const scale = new Scale([medianGeneR2, ...random]);
  return [
    {
      label: 'Typical gene, linear',
      hint: 'R² of the gene in the middle, when all predicted genes are ordered by how well they are predicted. Weakly expressed genes are mostly noise, so it is low even for good panels.',
      marks: scale.mark('panel', medianGeneR2),
      band: scale.band(random),
      value: formatScore(medianGeneR2),
      words: wordsOf(medianGeneR2, { random, l1000: null, upper: null }),
    },
  ];
}

const randomOf = ({ randomPanels }: RunMetrics, id: ModelId) =>
  randomPanels?.model === id ? randomPanels.panels : [];

/** How much more `b` explains than `a` on the genes that both predict; null where they were not compared. */
function difference(pairs: readonly PairMetrics[], a: ModelId, b: ModelId): number | null {
  const forth = pairs.find(pair => pair.a === a && pair.b === b);
  if (forth) return forth.difference;
  const back = pairs.find(pair => pair.a === b && pair.b === a);
  return back ? -back.difference : null;
}

function wordsOf(
  value: number,
  { random, l1000, upper }: { random: readonly number[]; l1000: number | null; upper: number | null },
): string {
  const parts = [`this panel ${formatScore(value)}`];
  if (l1000 !== null) parts.push(`L1000 ${formatScore(l1000)}`);
  if (random.length > 0) {
    parts.push(`random panels ${formatScore(Math.min(...random))} to ${formatScore(Math.max(...random))}`);
  }
  if (upper !== null) parts.push(`network that reads all genes ${formatScore(upper)}`);
  return parts.join(', ');
}
