/** Tables of the panels side by side and of the genes of one of them. */
import { PANEL_NAMES, type Board, type BoardPanel, type Scoreboard } from '../../../shared/scoreboard.ts';
import { figure } from '../../ui/format.ts';
import type { Column } from '../../ui/table.ts';

const points = (value: number): string => (100 * value).toFixed(1);

export function boardColumns(board: Board, { types }: Scoreboard): Column<BoardPanel>[] {
  const number = (
    id: string,
    label: string,
    value: (row: BoardPanel) => number | null,
    hint: string,
    text = figure,
  ): Column<BoardPanel> => ({ id, label, value, number: true, hint, text: row => text(value(row)) });
  const typed = types.length > 0;
  return [
    {
      id: 'panel',
      label: 'Panel',
      value: ({ id }) => `${PANEL_NAMES[id]}${id === board.best.overall ? ' (best)' : ''}`,
      width: '140px',
    },
    { id: 'kind', label: 'Kind', value: ({ kind }) => kind, hidden: true },
    {
      ...number(
        'lead',
        'Lead',
        ({ test }) => test.lead,
        'Explained variance above random panels of the size, in points, each pair on the genes in neither.',
      ),
      text: ({ test }) => points(test.lead),
    },
    {
      id: 'band',
      label: 'Over random',
      value: ({ test }) => `${points(test.leadLow)} to ${points(test.leadHigh)}`,
      hint: 'The lead over the middle 95 % of the random panels.',
      width: '120px',
    },
    number(
      'p',
      'p',
      ({ test }) => test.p,
      'Share of random panels that do as well, at least 1 / (their number + 1).',
      value => value!.toFixed(2),
    ),
    number(
      'all',
      'Over all genes',
      ({ test }) => test.evAllGenes,
      'Explained variance over all genes, measured ones counted as known.',
    ),
    number(
      'own',
      'Own targets',
      ({ test }) => test.ev,
      'Explained variance of the genes outside the panel. Other panels have other targets: do not compare.',
    ),
    number('r2', 'Median R²', ({ test }) => test.medianGeneR2, 'Median over the genes outside the panel.'),
    number(
      'delta',
      'Per cell',
      ({ test }) => test.cellDelta,
      'Correlation over genes of predicted and true difference from the mean cell; median over cells.',
    ),
    number(
      'knn',
      'Neighbours',
      ({ test }) => test.knn,
      'Share of the nearest cells among all genes that stay the nearest among the panel genes, over k = 5 to 30.',
    ),
    number(
      'clusters',
      'Clusters',
      ({ test }) => test.clusters?.coarse ?? null,
      'Mutual information of the clusters by the panel and by all genes, at equal numbers of 5 to 20 clusters.',
    ),
    ...(typed
      ? [
          number(
            'types',
            'Types',
            ({ test }) => test.accuracy,
            'Mean share of each cell type that a logistic regression on the panel genes recognises.',
          ),
          {
            id: 'worst',
            label: 'Worst type',
            value: ({ test }: BoardPanel) => (test.worstType === null ? '–' : test.worstType.type),
          },
        ]
      : []),
    number(
      'distinct',
      'Distinct',
      ({ distinct }) => distinct,
      'Share of the panel genes whose largest correlation with another one is below .8.',
    ),
    ...(board.panels.some(({ network }) => network)
      ? [
          number(
            'network',
            'Network',
            ({ network }) => network?.ev ?? null,
            'Explained variance of a network on the genes outside the panel; compare with Own targets.',
          ),
        ]
      : []),
  ];
}

/** What the cells of a type are taken for: shares of the row. */
export interface ConfusionRow {
  readonly type: string;
  readonly cells: number;
  readonly shares: readonly number[];
}

export function confusionRows({ test }: BoardPanel, types: readonly string[]): ConfusionRow[] {
  return (test.confusion ?? []).map((row, k) => {
    const cells = row.reduce((sum, value) => sum + value, 0);
    return { type: types[k]!, cells, shares: row.map(value => (cells === 0 ? 0 : value / cells)) };
  });
}

export function confusionColumns(types: readonly string[]): Column<ConfusionRow>[] {
  return [
    { id: 'type', label: 'Type', value: ({ type }) => type, width: '150px' },
    { id: 'cells', label: 'Cells', value: ({ cells }) => cells, number: true, width: '70px' },
    ...types.map((type, k): Column<ConfusionRow> => ({
      ...{ id: `as-${k}`, label: type, value: ({ shares }) => shares[k]!, number: true },
      text: ({ shares }) => `${Math.round(100 * shares[k]!)} %`,
      hint: `Share of the cells of the row's type that the model takes for ${type}.`,
    })),
  ];
}

export interface PanelGeneRow {
  readonly place: number;
  readonly name: string;
  readonly symbol: string;
  readonly reason: string;
}

export function panelGenes({ genes, symbols, reasons }: BoardPanel): PanelGeneRow[] {
  return genes.map((name, k) => ({ place: k + 1, name, symbol: symbols[k]!, reason: reasons?.[k] ?? '' }));
}

export const panelGeneColumns: Column<PanelGeneRow>[] = [
  { id: 'place', label: 'Rank', value: row => row.place, number: true, width: '60px' },
  { id: 'symbol', label: 'Gene', value: row => row.symbol, width: '120px' },
  { id: 'name', label: 'In the data', value: row => row.name, width: '160px' },
  { id: 'reason', label: 'Why', value: row => row.reason },
];
