/** The scoreboard of a run in an export, with all that is needed to compute its figures again elsewhere. */
import { csvOf } from '../../shared/csv.ts';
import { PANEL_NAMES, type Scoreboard } from '../../shared/scoreboard.ts';
import type { ListFile } from './gene-lists.ts';

export function boardFiles(board: Scoreboard | null): ListFile[] {
  if (board === null) return [];
  return [
    {
      file: 'scoreboard.json',
      content: `${JSON.stringify(board, null, 2)}\n`,
      note: 'all panels that were compared, with every figure, for programs',
    },
    {
      file: 'scoreboard.csv',
      content: scoreboardCsv(board),
      note: 'the figures of each panel on the test cells; ridge is added to the diagonal of X’X of the panel genes, centred by the training means, on the log scale of the run',
    },
    ...board.boards.flatMap(({ panels }) =>
      panels.map(({ id, size, genes }) => ({
        file: `${size}_${id}.txt`,
        content: genes.map(gene => `${gene}\n`).join(''),
        note: `the ${genes.length} genes of ${PANEL_NAMES[id]}, as the data name them`,
      })),
    ),
  ];
}

function scoreboardCsv({ boards }: Scoreboard): string {
  return csvOf(
    [
      ...['size', 'panel', 'kind', 'best_on_stop_cells', 'lead_over_random', 'lead_low', 'lead_high', 'p'],
      ...['ev_all_genes', 'ev_own_targets', 'median_gene_r2', 'cell_delta', 'knn_overlap', 'type_accuracy'],
      ...['cluster_nmi_5_20', 'cluster_nmi_21_60', 'network_ev'],
      ...['worst_type', 'worst_type_ev', 'diversity', 'distinct', 'ridge', 'file'],
    ],
    boards.flatMap(({ size, panels, best }) =>
      panels.map(({ id, kind, test, network, diversity, distinct, ridge }) => [
        ...[size, id, kind, id === best.overall ? 'yes' : '', test.lead, test.leadLow, test.leadHigh, test.p],
        ...[test.evAllGenes, test.ev, test.medianGeneR2, test.cellDelta, test.knn, test.accuracy],
        ...[test.clusters?.coarse ?? null, test.clusters?.fine ?? null, network?.ev ?? null],
        ...[test.worstType?.type ?? '', test.worstType?.ev ?? null, diversity, distinct, ridge],
        `${size}_${id}.txt`,
      ]),
    ),
  );
}

/** Which cell is in which part. */
export function splitCsv(split: readonly { readonly cell: string; readonly part: string }[]): string {
  return csvOf(
    ['cell', 'part'],
    split.map(({ cell, part }) => [cell, part]),
  );
}
