/** What a size's panels come to: the best of them named by the stop cells, bands of random panels, draws of one control. */
import { quantile } from '../../core/quantiles.ts';
import type { Band, Board, BoardPanel, PanelFigures, PanelId } from '../../shared/scoreboard.ts';

/** What random panels reach on the stop cells. */
export interface Floors {
  readonly knn: number | null;
  readonly accuracy: number | null;
}

const FIGURES = ['lead', 'knn', 'accuracy'] as const;

/**
 * By each figure of the stop cells, and over all by the share of the way from random panels to the best one that the weakest
 * figure has gone: a panel that is best for types and keeps no neighbours is no good all-round one.
 */
export function nameBest(panels: readonly BoardPanel[], { knn, accuracy }: Floors): Board['best'] {
  const selectors = panels.filter(({ kind }) => kind === 'selector');
  const field = selectors.length > 0 ? selectors : panels;
  const floors = { lead: 0, knn: knn ?? 0, accuracy: accuracy ?? 0 };
  const tops = Object.fromEntries(
    FIGURES.map(key => [key, Math.max(...field.map(panel => panel.stop[key] ?? -Infinity))]),
  ) as Record<(typeof FIGURES)[number], number>;
  const overall = ({ stop }: BoardPanel): number => {
    const shares = FIGURES.flatMap(key => {
      const own = stop[key];
      const way = tops[key] - floors[key];
      return own === null || !(way > 0) ? [] : [(own - floors[key]) / way];
    });
    return shares.length === 0 ? stop.lead : Math.min(...shares);
  };
  const bestBy = (value: (panel: BoardPanel) => number | null): PanelId | null => {
    let found: { id: PanelId; value: number } | null = null;
    for (const panel of field) {
      const own = value(panel);
      if (own !== null && (found === null || own > found.value)) found = { id: panel.id, value: own };
    }
    return found?.id ?? null;
  };
  return {
    overall: bestBy(overall)!,
    lead: bestBy(({ stop }) => stop.lead)!,
    knn: bestBy(({ stop }) => stop.knn),
    accuracy: bestBy(({ stop }) => stop.accuracy),
  };
}

/** Draws of one control, as one panel with the mean of their figures and the genes of the first. */
export function averaged(panels: readonly BoardPanel[]): BoardPanel[] {
  return [...Map.groupBy(panels, ({ id }) => id).values()].map(draws => {
    if (draws.length === 1) return draws[0]!;
    const mean = (of: (panel: BoardPanel) => number | null): number | null => {
      const values = draws.map(of);
      return values.includes(null)
        ? null
        : values.reduce<number>((sum, value) => sum + value!, 0) / draws.length;
    };
    const figures = (part: 'stop' | 'test'): PanelFigures => ({
      lead: mean(panel => panel[part].lead)!,
      evAllGenes: mean(panel => panel[part].evAllGenes),
      knn: mean(panel => panel[part].knn),
      accuracy: mean(panel => panel[part].accuracy),
    });
    const [one] = draws as [BoardPanel];
    return {
      ...one,
      stop: figures('stop'),
      test: {
        ...one.test,
        ...figures('test'),
        leadLow: mean(panel => panel.test.leadLow)!,
        leadHigh: mean(panel => panel.test.leadHigh)!,
        p: mean(panel => panel.test.p)!,
        asGood: Math.round(mean(panel => panel.test.asGood)!),
        ev: mean(panel => panel.test.ev),
        medianGeneR2: mean(panel => panel.test.medianGeneR2),
        cellDelta: mean(panel => panel.test.cellDelta),
      },
    };
  });
}

/** Of what is known; null where nothing is. */
export function bandOf(values: readonly (number | null | undefined)[]): Band | null {
  const known = Float64Array.from(values.filter(value => value != null)).sort();
  if (known.length === 0) return null;
  return {
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    low: quantile(known, 0.025),
    high: quantile(known, 0.975),
    count: known.length,
  };
}
