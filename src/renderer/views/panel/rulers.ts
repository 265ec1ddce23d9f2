/** Scores as places on a line, the panel and what it is compared with on the same line. */
import { fromPanel } from '../../../shared/charts/labels.ts';
import { formatFigure } from '../../../shared/charts/text.ts';
import type { RunMetrics } from '../../../shared/model.ts';

export interface Ruler {
  readonly label: string;
  /** Places on the line, 0 to 1; null where there is nothing to compare with. */
  readonly panel: number;
  readonly l1000: number | null;
  readonly chance: number | null;
  /** The panel's figure, what it is compared with, and both in words. */
  readonly value: string;
  readonly against: string;
  readonly words: string;
}

export function rulersOf({ models, pairs, panel }: RunMetrics): Ruler[] {
  const kinds = [
    { prefix: 'dnn', label: 'Network' },
    { prefix: 'linear', label: 'Linear model' },
  ];
  const scores = kinds.flatMap(({ prefix, label }) => {
    const model = models.find(({ id }) => fromPanel(id) && id.startsWith(prefix));
    const pair = pairs.find(({ a, b }) => a === `${prefix}-l1000` && b === model?.id);
    const ev = pair?.evB ?? model?.ev ?? null;
    return ev === null ? [] : [{ label, ev, l1000: pair?.evA ?? null }];
  });
  const most = Math.max(0.05, ...scores.flatMap(({ ev, l1000 }) => [ev, l1000 ?? 0])) * 1.15;
  const on = (value: number, high: number): number => Math.min(1, Math.max(0, value / high));
  const evs = scores.map(({ label, ev, l1000 }) => ({
    label,
    panel: on(ev, most),
    l1000: l1000 === null ? null : on(l1000, most),
    chance: 0,
    value: formatFigure(ev),
    against: l1000 === null ? '' : formatFigure(l1000),
    words: `explained variance ${formatFigure(ev)}${l1000 === null ? '' : `, L1000 ${formatFigure(l1000)}`}`,
  }));
  if (panel.l1000Present === 0) return evs;
  const shared = Math.max(panel.l1000Overlap, panel.expectedOverlap, 1) * 1.15;
  return [
    ...evs,
    {
      label: 'Genes shared with L1000',
      panel: on(panel.l1000Overlap, shared),
      l1000: null,
      chance: on(panel.expectedOverlap, shared),
      value: String(panel.l1000Overlap),
      against: panel.expectedOverlap.toFixed(0),
      words: `${panel.l1000Overlap}, ${panel.expectedOverlap.toFixed(1)} expected by chance`,
    },
  ];
}
