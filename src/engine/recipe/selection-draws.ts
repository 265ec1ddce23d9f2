/**
 * Panels of further selection networks, each with random numbers of its own and a random half of the training cells. Of a
 * network its panel alone is kept: that is enough for a run that is taken up again, and takes no room.
 */
import { createRandom } from '../../core/random.ts';
import type { Params } from '../../shared/params.ts';
import type { NetworkSpec } from '../models/network.ts';
import { rowSummary } from '../models/weights.ts';
import { sampleOf } from '../steps/cells.ts';
import { readPanel } from '../steps/panel.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { RunNetworks } from './networks.ts';
import { scheduledEpochs } from './plan.ts';

const FILE = 'selection-draws.json';

export interface DrawsContext {
  readonly signal: AbortSignal;
  /** Draws done, in parts of one. */
  onDone(done: number): void;
  onBusy(): void;
}

/**
 * @param spec of the network on all training cells
 * @param train its training cells
 * @param avoided per gene, 1 for one that must not be in a panel
 * @returns the panel of each network, ascending
 * @throws AppError CANCELLED, NOT_POSSIBLE
 */
export async function selectionDraws(
  folder: RunFolder,
  networks: RunNetworks,
  spec: NetworkSpec,
  train: Int32Array,
  avoided: Uint8Array,
  params: Params,
  count: number,
  { signal, onDone, onBusy }: DrawsContext,
): Promise<Int32Array[]> {
  const done = folder.readJson<number[][]>(FILE) ?? [];
  for (let draw = done.length + 1; draw <= count; draw++) {
    onDone(draw - 1);
    const half = sampleOf(train, Math.ceil(train.length / 2), createRandom(spec.seed, 'selection', draw));
    const id = `select-${draw}` as const;
    const { weights, predictor } = await networks.get(
      { ...spec, id, train: half, epochs: scheduledEpochs(params, half.length) },
      { signal, onEpoch: () => {}, onStep: (steps, of) => onDone(draw - 1 + steps / of), onBusy },
    );
    predictor.dispose();
    const { norm, ...ends } = rowSummary(weights[0]!.kernel, spec.inputs.length, spec.hidden[0]!);
    const { genes } = readPanel({ ...ends, norm: Float32Array.from(norm) }, params, avoided);
    done.push([...genes]);
    folder.writeJson(FILE, done);
    networks.forget(id);
  }
  onDone(count);
  return done.map(genes => Int32Array.from(genes));
}
