/** Networks on panels of a scoreboard, trained as the run trained its own and not kept. */
import { createHash } from 'node:crypto';
import type { Params } from '../../shared/params.ts';
import type { EngineEnvironment } from '../environment.ts';
import { RunNetworks } from '../recipe/networks.ts';
import { scheduledEpochs } from '../recipe/plan.ts';
import type { Prepared } from '../recipe/prepare.ts';
import { matrixLimit } from '../recipe/room.ts';
import { range } from '../steps/cells.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { removeNetwork } from '../trainer/network-files.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { TrainPanelNetwork } from './scoreboard.ts';

export class PanelNetworks {
  readonly #networks: RunNetworks;
  readonly #folder: RunFolder;
  readonly #prepared: Prepared;
  readonly #params: Params;

  constructor(
    engine: TensorEngine,
    environment: EngineEnvironment,
    folder: RunFolder,
    dataset: Dataset,
    prepared: Prepared,
    params: Params,
  ) {
    const limit = matrixLimit(process.availableMemory());
    this.#networks = new RunNetworks(engine, environment, folder, dataset, prepared, limit);
    this.#folder = folder;
    this.#prepared = prepared;
    this.#params = params;
  }

  readonly train: TrainPanelNetwork = async (genes, { signal, onShare }) => {
    const { rows, split } = this.#prepared;
    const measured = new Set(genes);
    // Named after its genes: what a stopped comparison has left of another panel is not taken for this one.
    const id = `board-${createHash('sha256').update(genes).digest('hex').slice(0, 12)}` as const;
    const { hidden, dropout, batch, learningRate, patience, seed } = this.#params;
    const spec = {
      ...{ id, hidden, dropout, batch, learningRate, patience, seed, weighted: false, lambda: 0 },
      epochs: scheduledEpochs(this.#params, split.train.length),
      inputs: genes,
      targets: range(rows.genes).filter(gene => !measured.has(gene)),
    };
    const found = await this.#networks.get(spec, {
      signal,
      onEpoch: () => {},
      onStep: (done, of) => onShare(done / of),
    });
    removeNetwork(this.#folder, id);
    return found;
  };

  [Symbol.dispose](): void {
    this.#networks.release();
  }
}
