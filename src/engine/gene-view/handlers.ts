/**
 * The procedures of the Genes place. Laying out a run takes seconds, so the last one stays laid out for a while; looks
 * wait for each other, because two at once would lay it out twice.
 */
import type { F910Contract } from '../../shared/contract.ts';
import { badInput, cancelled, isAppError } from '../../shared/errors.ts';
import type { GeneTable, PanelGene } from '../../shared/model.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import { namesOf, readList } from '../genes/list-source.ts';
import type { GeneReference } from '../genes/reference.ts';
import { panelOf, paramsOf } from '../recipe/view.ts';
import type { StepContext } from '../steps/context.ts';
import { loadTensorEngine } from '../tensor/backend.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { layOut, type GeneDesk } from './desk.ts';
import { findGenes } from './find.ts';
import { evaluateList } from './evaluate-list.ts';
import { SwapDesk } from './swap.ts';
import { viewGene } from './view.ts';

/** After so long without a look the memory is given back. */
const KEPT_MS = 180_000;
/** Share of the free memory that the matrix of a run may take here, and its limit; a larger one is read from disk. */
const MATRIX_SHARE = 0.2;
const MATRIX_MOST = 1e9;

interface LaidOut {
  readonly run: string;
  readonly dataset: Dataset;
  readonly desk: GeneDesk;
  /** Made when it is asked for. */
  swap: SwapDesk | null;
}

interface RunGenes {
  readonly run: string;
  /** All genes of the run's data set; null where it was deleted. */
  readonly table: GeneTable | null;
  readonly ofRun: readonly PanelGene[];
}

export class GeneDesks {
  readonly #workspace: Workspace;
  #open: LaidOut | null = null;
  #names: RunGenes | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Gives back what is held, once nobody looks at it: before its data set is deleted, and at the end. */
  async release(): Promise<void> {
    await this.#last;
    this.#names = null;
    this.#close();
  }

  #close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#open?.swap?.dispose();
    this.#open?.dataset.close();
    this.#open = null;
  }

  genes(run: string): RunGenes {
    if (this.#names?.run !== run) {
      const { datasetId } = this.#workspace.runs.get(run);
      const ofRun = panelOf(this.#workspace.runs.folder(run));
      this.#names = { run, table: this.#tableOf(datasetId), ofRun };
    }
    return this.#names;
  }

  seedOf(run: string): number {
    return this.#workspace.runs.get(run).seed;
  }

  /** The same with the desk that swaps. */
  async useSwap<T>(
    run: string,
    context: StepContext,
    look: (swap: SwapDesk, desk: GeneDesk) => Promise<T>,
  ): Promise<T> {
    return this.use(run, context, async desk => {
      const open = this.#open!;
      open.swap ??= await SwapDesk.create(await loadTensorEngine(), desk, context);
      return look(open.swap, desk);
    });
  }

  async use<T>(run: string, context: StepContext, look: (desk: GeneDesk) => Promise<T>): Promise<T> {
    const before = this.#last;
    const work = before.then(async () => {
      if (context.signal.aborted) throw cancelled('Looking at the gene');
      if (this.#timer) clearTimeout(this.#timer);
      const { desk } = await this.#layOut(run, context);
      try {
        return await look(desk);
      } finally {
        this.#timer = setTimeout(() => this.#close(), KEPT_MS).unref();
      }
    });
    this.#last = work.catch(() => {});
    return work;
  }

  async #layOut(run: string, context: StepContext): Promise<LaidOut> {
    if (this.#open?.run === run) return this.#open;
    this.#close();
    const folder = this.#workspace.runs.folder(run);
    const dataset = this.#workspace.datasets.open(folder.record.summary.datasetId);
    try {
      const limit = Math.min(MATRIX_MOST, process.availableMemory() * MATRIX_SHARE);
      const desk = await layOut(dataset, folder, paramsOf(folder), limit, context);
      return (this.#open = { run, dataset, desk, swap: null });
    } catch (error) {
      dataset.close();
      throw error;
    }
  }

  #tableOf(datasetId: string): GeneTable | null {
    try {
      return this.#workspace.datasets.genes(datasetId);
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return null;
      throw error;
    }
  }
}

export function geneHandlers(
  desks: GeneDesks,
  reference: () => GeneReference,
): Pick<Handlers<F910Contract>, 'gene.find' | 'gene.view' | 'gene.swap' | 'list.score'> {
  return {
    'gene.find': ({ run, query }) => {
      const { table, ofRun } = desks.genes(run);
      return findGenes(table, ofRun, reference(), query);
    },
    'gene.view': ({ run, gene }, context) =>
      desks.use(run, context, desk => viewGene(desk, reference(), gene, context)),
    'gene.swap': ({ run, gene }, context) =>
      desks.useSwap(run, context, (swap, desk) => {
        const column = desk.ofRun.findIndex(({ name }) => name === gene);
        if (column < 0) {
          throw badInput('gene', `${gene} is not among the genes of this run.`);
        }
        return swap.without(column);
      }),
    'list.score': ({ run, list, sameLetters = false }, context) =>
      desks.use(run, context, async desk => {
        const data = namesOf(desk.ofRun);
        const { entries } = await readList(list, reference(), { data, sameLetters });
        const rows = entries.map(({ row }) => row ?? -1).filter(row => row >= 0);
        return evaluateList(desk, rows, await loadTensorEngine(), desks.seedOf(run), context);
      }),
  };
}
