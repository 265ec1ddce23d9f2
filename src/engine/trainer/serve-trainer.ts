/** The trainer's side of its process: networks of one run, one after the other. */
import { availableParallelism, constants, setPriority } from 'node:os';
import { toWire } from '../../shared/errors.ts';
import { openRows } from '../counts/file-rows.ts';
import type { CellRows } from '../counts/rows.ts';
import type { NetworkMaker } from '../models/step-network.ts';
import type { NetworkSpec } from '../models/network-spec.ts';
import type { TrainingArithmetic } from '../models/training.ts';
import { LogRows } from '../steps/log-rows.ts';
import { loadLibrary } from '../tensor/native.ts';
import { RunFolder } from '../workspace/run-folder.ts';
import { trainInto } from './network-files.ts';
import type { EngineChannel, FromTrainer, TrainerSetup } from './protocol.ts';
import { shardedNetworks } from './sharded-network.ts';

/** Parts get too narrow for more to pay. */
const MOST_PARTS = 8;
/** Progress is told so often and no more. */
const REPORT_MS = 200;

/** @param part entry of a part's thread: src/main/training-worker */
export function serveTrainer(engine: EngineChannel, part: URL): void {
  giveWay();
  let trainer: Trainer | undefined;
  let controller = new AbortController();
  engine.onMessage(message => {
    switch (message.t) {
      case 'open':
        trainer = new Trainer(message.setup, part);
        return;
      case 'cancel':
        return controller.abort();
      case 'train': {
        controller = new AbortController();
        trainer!.train(message.spec, engine, controller.signal).then(
          () => engine.post({ t: 'done' }),
          error =>
            engine.post(
              error instanceof Unable
                ? { t: 'unable', why: error.message }
                : { t: 'failed', error: toWire(error) },
            ),
        );
      }
    }
  });
}

/** The computer stays usable: windows and the engine come first. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not every system lets a process choose.
  }
}

/** The parts cannot be set up on this computer. */
class Unable extends Error {}

class Trainer {
  readonly #setup: TrainerSetup;
  readonly #part: URL;
  readonly #rows: Promise<CellRows>;
  /** Hears of the reading of the matrix while a network waits for it. */
  #waiting: (() => void) | undefined;

  constructor(setup: TrainerSetup, part: URL) {
    this.#setup = setup;
    this.#part = part;
    this.#rows = loadRows(setup, () => this.#waiting?.());
    // A failure is met where the rows are waited for.
    this.#rows.catch(() => {});
  }

  async train(spec: NetworkSpec, engine: EngineChannel, signal: AbortSignal): Promise<void> {
    const { run, cells } = this.#setup;
    const folder = new RunFolder(run.id, run.path, run.staging);
    let told = -Infinity;
    const tell = (message: FromTrainer): void => {
      const now = performance.now();
      if (now - told < REPORT_MS) return;
      told = now;
      engine.post(message);
    };
    const busy = (): void => tell({ t: 'busy' });
    this.#waiting = busy;
    const rows = await this.#rows;
    await trainInto(folder, this.#arithmetic(), rows, cells, spec, {
      signal,
      onBegun: (done, of) => engine.post({ t: 'begun', done, of }),
      onEpoch: report => engine.post({ t: 'epoch', report }),
      onStep: (done, of) => tell({ t: 'step', done, of }),
      onBusy: busy,
    });
  }

  #arithmetic(): TrainingArithmetic {
    const threads = Math.min(MOST_PARTS, availableParallelism());
    const { addon, version } = unlessUnable(loadLibrary);
    const make = shardedNetworks(this.#part, addon, threads);
    const networks: NetworkMaker = async (source, states) => {
      try {
        return await make(source, states);
      } catch (error) {
        throw unable(error);
      }
    };
    // Where a sum is cut decides its last bits.
    return { name: `tensorflow ${version} in ${threads}`, networks };
  }
}

async function loadRows(
  { dataset, view, memoryLimit }: TrainerSetup,
  progress: () => void,
): Promise<CellRows> {
  const raw = openRows(dataset.folder, dataset.shape, { memoryLimit: 0 });
  return LogRows.create(raw, view, { memoryLimit }, { signal: new AbortController().signal, progress });
}

function unlessUnable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unable(error);
  }
}

function unable(error: unknown): Unable {
  const reason = error instanceof Error ? error.message : String(error);
  return new Unable(reason.split('\n')[0]!.trim());
}
