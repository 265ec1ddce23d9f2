/** What a size's panels come to: the best of them named by the stop cells, bands of random panels, draws of one control. */
import { quantile } from '../../core/quantiles.ts';
import type { Band, Board, BoardPanel, PanelFigures, PanelId } from '../../shared/scoreboard.ts';

/** What random panels reach on the stop cells; of the lead, each before the others. */
export type Floors = Readonly<Record<'lead' | 'knn' | 'accuracy', Band | null>>;

const FIGURES = ['lead', 'knn', 'accuracy'] as const;

/**
 * How far a panel is behind on the stop cells, over its three figures as the length of a vector, so that the weakest counts
 * most: a panel that is best for types and keeps no neighbours is no good all-round one. A figure has two parts: how far it is
 * behind the best selector's, in parts of the way there from random panels, and how far below the best of random panels and
 * controls beyond what random panels differ by, in units of that. How far it explains less than a control on the genes in
 * neither comes beside them. Accuracies that differ by two binomial errors or less are
 * alike: a difference of a cell is none.
 * @param cells stop cells
 */
export function weakness(
  panels: readonly BoardPanel[],
  random: Floors,
  cells: number,
): (panel: BoardPanel) => number {
  const field = candidates(panels);
  const simple = panels.filter(({ kind }) => kind === 'control');
  const scales = FIGURES.map(key => {
    const most = (of: readonly BoardPanel[]) => Math.max(...of.map(panel => panel.stop[key] ?? -Infinity));
    const { mean, low, high } = random[key] ?? { mean: 0, low: 0, high: 0 };
    const top = most(field);
    const alike = key === 'accuracy' ? 2 * binomialError(top, cells) : 0;
    const noise = Math.max((high - low) / 2, alike);
    const way = Math.max(Math.abs(top - mean), noise);
    return { key, top, floor: Math.max(mean, most(simple)), alike, noise, way };
  });
  return ({ stop }) =>
    Math.hypot(
      stop.below ?? 0,
      ...scales.map(({ key, top, floor, alike, noise, way }) => {
        const own = stop[key];
        if (own === null || !(way > 0)) return 0;
        const below = noise > 0 ? Math.max(0, floor - own - noise) / noise : 0;
        return Math.max(0, top - own - alike) / way + below;
      }),
    );
}

/** Over all the least weak, and the best by each figure of the stop cells. */
export function nameBest(panels: readonly BoardPanel[], random: Floors, cells: number): Board['best'] {
  const field = candidates(panels);
  const weak = weakness(panels, random, cells);
  const bestBy = (value: (panel: BoardPanel) => number | null): PanelId | null => {
    let found: { id: PanelId; value: number } | null = null;
    for (const panel of field) {
      const own = value(panel);
      if (own !== null && (found === null || own > found.value)) found = { id: panel.id, value: own };
    }
    return found?.id ?? null;
  };
  return {
    overall: bestBy(panel => -weak(panel))!,
    lead: bestBy(({ stop }) => stop.lead)!,
    knn: bestBy(({ stop }) => stop.knn),
    accuracy: bestBy(({ stop }) => stop.accuracy),
  };
}

/** The selectors; where there are none, all panels. */
function candidates(panels: readonly BoardPanel[]): readonly BoardPanel[] {
  const selectors = panels.filter(({ kind }) => kind === 'selector');
  return selectors.length > 0 ? selectors : panels;
}

/** Of a share in so many cells, also where all of them are right (a cell of each kind added, Agresti and Coull 1998). */
function binomialError(share: number, cells: number): number {
  const p = (share * cells + 2) / (cells + 4);
  return Math.sqrt((p * (1 - p)) / (cells + 4));
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
