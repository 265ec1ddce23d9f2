/**
 * What a run would need, said before it starts. The cells and genes that stay are found as the run finds them, and kept
 * for the next question, since most changes of the form leave them as they are.
 */
import { AppError } from '../../shared/errors.ts';
import { parseParams, type Params } from '../../shared/params.ts';
import type { RunEstimate } from '../../shared/runs.ts';
import type { CallContext } from '../../shared/rpc/server.ts';
import { quiet } from '../steps/context.ts';
import { logRowsBytes } from '../steps/log-rows.ts';
import { preprocess, type Preprocessed } from '../steps/preprocess.ts';
import type { TensorEngine } from '../tensor/backend.ts';
import { freeBytes } from '../workspace/storage-error.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { planRun, sizesOf, scheduledEpochs } from './plan.ts';
import { FEWEST_LANDMARKS, labelsOf } from './prepare.ts';
import { diskRefusal, matrixLimit, memoryRefusal, runDisk, trainingMemory } from './room.ts';
import { measuredSpeeds, roughSpeeds, type KnownSpeeds } from './speeds.ts';

/** Bytes of the process without a run: the engine's library and the interface's data. */
const PROCESS = 200 * 2 ** 20;
/** Answers that are kept: a few data sets with a few settings each. */
const MOST_KEPT = 40;

/** Parameters that decide which cells and genes stay. */
const FILTERS = [
  'maxCellsPerType',
  'minLibrarySize',
  'maxLibrarySize',
  'minGenesPerCell',
  'maxMitochondrialShare',
  'minReads',
  'minCells',
] as const;

/** What is left of a data set, or the sentence that says why it is too little. */
type Left =
  | { readonly cells: number; readonly genes: number; readonly landmarks: number; readonly bytes: number }
  | { readonly refusal: string };

export class Estimates {
  readonly #workspace: Workspace;
  readonly #left = new Map<string, Left>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** @throws AppError BAD_INPUT for parameters out of range; NOT_FOUND; CANCELLED */
  async of(
    engine: TensorEngine,
    { datasetId, preset, params: changes }: EstimateInput,
    { signal }: Pick<CallContext<never>, 'signal'>,
  ): Promise<RunEstimate> {
    const params = parseParams(preset, changes);
    const left = await this.#leftOf(datasetId, params, signal);
    if ('refusal' in left) {
      return { kept: null, memory: null, disk: null, time: null, steps: [], refusals: [left.refusal] };
    }
    const sizes = sizesOf(left, params, FEWEST_LANDMARKS);
    const known = measuredSpeeds(this.#workspace.runs, engine) ?? roughSpeeds(engine);
    const plan = planRun(sizes, params, { speeds: known.speeds });
    const longest = planRun(sizes, params, {
      speeds: known.speeds,
      epochs: scheduledEpochs(params, sizes.train),
    });
    const available = process.availableMemory();
    const matrix = Math.min(left.bytes, matrixLimit(available));
    const training = trainingMemory(left.genes, params);
    const disk = runDisk(sizes, params);
    const free = freeBytes(this.#workspace.folder);
    const test = left.cells - Math.floor(left.cells * (1 - params.testShare));
    const refusals = [memoryRefusal(training, available - matrix), diskRefusal(disk, free)];
    return {
      kept: {
        cells: left.cells,
        genes: left.genes,
        landmarks: left.landmarks,
        train: sizes.train,
        stop: left.cells - test - sizes.train,
        test,
      },
      memory: {
        // The stored counts and the modelled matrix, then the largest training.
        bytes: PROCESS + 2 * matrix + training,
        available,
        basis: 'From the size of the kept counts and of the network that selects the panel.',
        rough: false,
      },
      disk: {
        bytes: disk,
        available: free,
        basis: 'From the sizes of the networks, with a checkpoint while they train.',
        rough: false,
      },
      time: {
        seconds: sum(plan),
        atMost: sum(longest),
        basis: timeBasis(known),
        rough: known.runs.length === 0,
      },
      steps: plan.map(({ phase, label, cost }) => ({ phase, label, seconds: cost })),
      refusals: refusals.flatMap(refusal => (refusal === null ? [] : [refusal.message])),
    };
  }

  async #leftOf(datasetId: string, params: Params, signal: AbortSignal): Promise<Left> {
    const { checksum } = this.#workspace.datasets.get(datasetId);
    const key = JSON.stringify([checksum, FILTERS.map(name => params[name]), drawOf(params)]);
    const kept = this.#left.get(key);
    if (kept) return kept;
    const left = await this.#look(datasetId, params, signal);
    if (this.#left.size >= MOST_KEPT) this.#left.delete(this.#left.keys().next().value!);
    this.#left.set(key, left);
    return left;
  }

  async #look(datasetId: string, params: Params, signal: AbortSignal): Promise<Left> {
    const dataset = this.#workspace.datasets.open(datasetId);
    try {
      const { rows, genes, summary } = dataset;
      const labels = labelsOf(dataset);
      const context = quiet(signal);
      const found = await preprocess(rows, genes, labels, params, summary.alreadyLog, context);
      return leftIn(found);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_POSSIBLE') return { refusal: error.message };
      throw error;
    } finally {
      dataset.close();
    }
  }
}

interface EstimateInput {
  readonly datasetId: string;
  readonly preset: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function leftIn(found: Preprocessed): Left {
  return {
    cells: found.cells.length,
    genes: found.genes.length,
    landmarks: found.report.landmarksKept,
    bytes: logRowsBytes(found),
  };
}

/** The seed decides which cells of a type are drawn, and nothing else here. */
function drawOf({ maxCellsPerType, seed }: Params): number {
  return maxCellsPerType > 0 ? seed : 0;
}

function timeBasis({ runs }: KnownSpeeds): string {
  if (runs.length === 0) {
    return 'Rough: from one timed calculation on this computer. It becomes better once a run has finished here.';
  }
  const [first, ...others] = runs;
  const names = others.length === 0 ? first! : `${first!} and ${others.length} more`;
  return `From the times of ${names} on this computer.`;
}

function sum(plan: readonly { readonly cost: number }[]): number {
  return plan.reduce((total, { cost }) => total + cost, 0);
}
