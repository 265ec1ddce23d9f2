/** Networks on panels of a scoreboard, trained as the run trained its own and not kept. */
import { createHash } from 'node:crypto';
import type { Params } from '../../shared/params.ts';
import type { RunNetworks } from '../recipe/networks.ts';
import { scheduledEpochs } from '../recipe/plan.ts';
import type { Prepared } from '../recipe/prepare.ts';
import { range } from '../steps/cells.ts';
import type { TrainPanelNetwork } from './scoreboard.ts';

export class PanelNetworks {
  readonly #open: () => RunNetworks;
  readonly #prepared: Prepared;
  readonly #params: Params;
  #networks: RunNetworks | null = null;

  /** @param open is called with the first network: its process would wait through the whole comparison otherwise */
  constructor(open: () => RunNetworks, prepared: Prepared, params: Params) {
    this.#open = open;
    this.#prepared = prepared;
    this.#params = params;
  }

  readonly train: TrainPanelNetwork = async (genes, { signal, onShare }) => {
    const { rows, split } = this.#prepared;
    const measured = new Set(genes);
    // Named after its genes: what a killed comparison has left of another panel is not taken for this one.
    const id = `board-${createHash('sha256').update(genes).digest('hex').slice(0, 12)}` as const;
    const { hidden, dropout, batch, learningRate, patience, seed } = this.#params;
    const spec = {
      ...{ id, hidden, dropout, batch, learningRate, patience, seed, weighted: false, lambda: 0 },
      epochs: scheduledEpochs(this.#params, split.train.length),
      inputs: genes,
      targets: range(rows.genes).filter(gene => !measured.has(gene)),
    };
    const networks = (this.#networks ??= this.#open());
    try {
      const onStep = (done: number, of: number): void => onShare(done / of);
      return await networks.get(spec, { signal, onEpoch: () => {}, onStep });
    } finally {
      networks.forget(id);
    }
  };

  [Symbol.dispose](): void {
    this.#networks?.release();
  }
}
