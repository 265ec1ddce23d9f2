/**
 * A list of genes scored as if it were the panel of a run: the same kind of linear model on the same cells, beside the run's
 * panel and random panels of the list's size, each on the genes in neither.
 */
import { AppError } from '../../shared/errors.ts';
import type { ListScore } from '../../shared/gene-list.ts';
import { matrixLimit } from '../recipe/room.ts';
import type { StepContext } from '../steps/context.ts';
import { comparedCells, comparePanels, drawPanel } from '../steps/random-panels.ts';
import type { TensorEngine } from '../tensor/backend.ts';
import type { GeneDesk } from './desk.ts';

const RANDOM = 19;

/**
 * @param rows genes of the run, by column
 * @throws AppError NOT_POSSIBLE where the list leaves too little to predict or has no stable model, CANCELLED
 */
export async function evaluateList(
  desk: GeneDesk,
  rows: readonly number[],
  engine: TensorEngine,
  seed: number,
  { signal, progress }: StepContext,
): Promise<ListScore> {
  const genes = desk.ofRun.length;
  const list = Int32Array.from(new Set(rows)).sort();
  if (list.length < 2 || list.length > genes / 2) {
    const why =
      list.length < 2
        ? `${list.length === 0 ? 'none' : 'one'} of its genes is measured in this run`
        : `it has ${list.length} of the ${genes} genes of this run, and most have to be left to predict`;
    throw refusal(why);
  }
  const random = Array.from({ length: RANDOM }, (_, k) => drawPanel(genes, list.length, seed, k));
  const [panel, ...others] = await comparePanels(
    {
      ...{ engine, rows: desk.rows, panel: list, ridge: desk.ridge, signal },
      cells: comparedCells({ train: desk.train, stop: desk.stop, test: desk.test }, seed),
      constant: Uint8Array.from(desk.ofRun, ({ r2, inPanel }) => (r2 === null && !inPanel ? 1 : 0)),
      memoryLimit: matrixLimit(process.availableMemory()),
      onShare: share =>
        progress({ phase: 'score', label: 'Scoring the list', done: Math.round(100 * share), of: 100 }),
    },
    [desk.panel, ...random],
  );
  if (!panel) throw refusal('its equations have no stable solution');
  const scored = others.filter(score => score !== null);
  const asGood = scored.filter(({ ev, evPanel }) => ev >= evPanel).length;
  return {
    genes: list.length,
    testCells: desk.test.length,
    panel: { targets: panel.targets, ev: panel.ev, evList: panel.evPanel },
    random: {
      count: scored.length,
      asGood,
      p: (asGood + 1) / (scored.length + 1),
      ev: scored.map(({ ev }) => ev),
      evList: scored.map(({ evPanel }) => evPanel),
    },
  };
}

function refusal(why: string): AppError {
  return new AppError('NOT_POSSIBLE', `The list cannot be scored as a panel: ${why}.`, { what: 'list', why });
}
