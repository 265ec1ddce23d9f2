/** What is said when the filters leave too few cells, with thresholds taken from the data that would leave enough. */
import { formatCount } from '../charts/text.ts';
import {
  activeFilters,
  FEWEST_CELLS,
  FILTER_OFF,
  firstFailures,
  metricOf,
  passes,
  type CellFilter,
  type CellMetrics,
  type CellThresholds,
} from './filters.ts';

const counted = (n: number, noun: string): string => `${formatCount(n)} ${noun}${n === 1 ? '' : 's'}`;
const isAre = (n: number): string => (n === 1 ? 'is' : 'are');

/**
 * One sentence or two, or null where enough cells are left.
 * @param cells the cells that were asked; all where null
 * @param nameOf how the reader knows a filter: by its key in the terminal, by its label on the screen
 */
export function tooFewCells(
  metrics: CellMetrics,
  thresholds: CellThresholds,
  cells: Int32Array | null,
  nameOf: (filter: CellFilter) => string,
): string | null {
  const all = cells?.length ?? metrics.librarySize.length;
  if (all < FEWEST_CELLS) {
    return `The data have ${counted(all, 'cell')}; at least ${FEWEST_CELLS} are needed. Add more cells, or pool several files.`;
  }
  const left = stay(metrics, thresholds, cells);
  if (left >= FEWEST_CELLS) return null;
  const worst = activeFilters(thresholds)
    .map(filter => ({ filter, fails: all - stay(metrics, only(filter, thresholds), cells) }))
    .filter(({ fails }) => fails > 0)
    .sort((a, b) => b.fails - a.fails);
  const changes: string[] = [];
  let relaxed = thresholds;
  for (const { filter } of worst) {
    if (stay(metrics, relaxed, cells) >= FEWEST_CELLS) break;
    const value = gentler(filter, metrics, cells);
    relaxed = { ...relaxed, [filter]: value };
    const verb = filter.startsWith('min') ? 'lower' : 'raise';
    changes.push(`${verb} ${nameOf(filter)}, for example to ${value}`);
  }
  const remedy = `${changes.join(', and ')} (${counted(stay(metrics, relaxed, cells), 'cell')} would stay).`;
  return `${have(left, all, worst, thresholds, nameOf)}; at least ${FEWEST_CELLS} are needed. ${remedy[0]!.toUpperCase()}${remedy.slice(1)}`;
}

function have(
  left: number,
  all: number,
  worst: readonly { readonly filter: CellFilter; readonly fails: number }[],
  thresholds: CellThresholds,
  nameOf: (filter: CellFilter) => string,
): string {
  const of = `Only ${formatCount(left)} of ${counted(all, 'cell')}`;
  const [first] = worst;
  if (worst.length === 1 && first!.filter === 'minLibrarySize') {
    return `${of} have at least ${counted(thresholds.minLibrarySize, 'count')}`;
  }
  const each = worst.map(({ filter, fails }) => `${nameOf(filter)} alone removes ${formatCount(fails)}`);
  return `${of} ${isAre(left)} left by the filters (${each.join(', ')})`;
}

function only(filter: CellFilter, thresholds: CellThresholds): CellThresholds {
  return { ...FILTER_OFF, [filter]: thresholds[filter] };
}

function stay(metrics: CellMetrics, thresholds: CellThresholds, cells: Int32Array | null): number {
  return firstFailures(metrics, thresholds, cells).reduce((n, failure) => n + (failure < 0 ? 1 : 0), 0);
}

/** A round threshold (1, 2 or 5 times a power of ten) that keeps nine cells in ten, or the one that removes none. */
function gentler(filter: CellFilter, metrics: CellMetrics, cells: Int32Array | null): number {
  const values = metricOf(filter, metrics)!;
  const asked = Float64Array.from(cells ?? { length: values.length }, (cell, k) => values[cells ? cell : k]!);
  asked.sort();
  const least = filter.startsWith('min');
  const reach = asked[Math.floor((least ? 0.1 : 0.9) * (asked.length - 1))]!;
  if (least ? reach < 1 : reach <= 0) return FILTER_OFF[filter];
  const power = 10 ** Math.floor(Math.log10(reach));
  const steps = least ? [5, 2, 1] : [1, 2, 5, 10];
  // Powers below one are inexact in binary: 2 * 0.1 is rounded to what a person would write.
  const round = (step: number): number => Number((step * power).toPrecision(1));
  const value = round(steps.find(step => passes(filter, reach, round(step)))!);
  return filter === 'maxMitochondrialShare' ? Math.min(1, value) : value;
}
