/** Which panel is named, from figures of the stop cells alone. */
import { expect, it } from 'vitest';
import type { BoardPanel, PanelId } from '../../../src/shared/scoreboard.ts';
import { nameBest, type Floors } from '../../../src/engine/scoreboard/naming.ts';

type Figures = readonly [lead: number, knn: number, accuracy: number, below?: number];

const FLOORS: Floors = {
  lead: { mean: 0, low: -0.01, high: 0.01, count: 99 },
  knn: { mean: 0.3, low: 0.26, high: 0.34, count: 9 },
  accuracy: { mean: 0.8, low: 0.75, high: 0.85, count: 9 },
};

function panel(id: PanelId, kind: BoardPanel['kind'], [lead, knn, accuracy, below = 0]: Figures): BoardPanel {
  const stop = { lead, evAllGenes: null, knn, accuracy, below } satisfies BoardPanel['stop'];
  // Test cells that say the opposite: they must not be read.
  const test = {
    ...stop,
    lead: -lead,
    knn: -knn,
    accuracy: -accuracy,
    leadLow: 0,
    leadHigh: 0,
    asGood: 0,
    p: 1,
  };
  return {
    ...{ id, kind, size: 10, genes: [], symbols: [], stop, diversity: 1, distinct: 1, ridge: 1, strength: 1 },
    test: {
      ...{ ...test, ev: null, medianGeneR2: null, cellDelta: null, worstType: null, confusion: null },
      clusters: null,
    },
  };
}

const named = (
  panels: readonly (readonly [PanelId, Figures])[],
  controls: readonly Figures[] = [],
): PanelId =>
  nameBest(
    [
      ...panels.map(([id, figures]) => panel(id, 'selector', figures)),
      ...controls.map(figures => panel('variance', 'control', figures)),
    ],
    FLOORS,
    70,
  ).overall;

it('names the panel whose weakest figure is least behind', () => {
  expect(
    named([
      ['types', [0.02, 0.32, 0.99]],
      ['greedy', [0.1, 0.45, 0.97]],
      ['neighbours', [0.09, 0.6, 0.97]],
    ]),
  ).toBe('neighbours');
});

it('lets no difference of a cell decide', () => {
  expect(
    named([
      ['greedy', [0.09, 0.58, 1]],
      ['distances', [0.1, 0.6, 1 - 1 / 70]],
    ]),
  ).toBe('distances');
  expect(
    named([
      ['greedy', [0.099, 0.6, 1]],
      ['distances', [0.1, 0.6, 0.85]],
    ]),
  ).toBe('greedy');
});

it('names a panel that is not below a control beyond noise before one that is', () => {
  const panels = [
    ['greedy', [0.1, 0.45, 0.97]],
    ['distances', [0.07, 0.55, 0.97]],
  ] as const;
  expect(named([panels[0], ['distances', [0.07, 0.46, 0.97]]])).toBe('greedy');
  expect(named(panels, [[0.06, 0.58, 0.97]])).toBe('distances');
  expect(named(panels, [[0.095, 0.3, 0.97]])).toBe('greedy');
});

it('names no panel that explains less than a control in pairs, where another keeps nearly as much', () => {
  expect(
    named([
      ['neighbours', [0.098, 0.58, 0.97]],
      ['distances', [0.1, 0.6, 0.97, 0.5]],
    ]),
  ).toBe('neighbours');
  expect(
    named([
      ['neighbours', [0.098, 0.35, 0.97]],
      ['distances', [0.1, 0.6, 0.97, 0.5]],
    ]),
  ).toBe('distances');
});
