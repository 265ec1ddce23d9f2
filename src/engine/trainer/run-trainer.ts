/** The engine's side of the trainer: one process for all networks of a run, started ahead of the first of them. */
import { AppError, cancelled, fromWire } from '../../shared/errors.ts';
import type { NetworkSpec, TrainingContext } from '../models/network-spec.ts';
import type { FromTrainer, TrainerChannel, TrainerSetup } from './protocol.ts';

type Reports = Omit<TrainingContext, 'checkpoint'>;

export class RunTrainer {
  readonly #channel: TrainerChannel;
  #unable: string | null = null;
  #listener: ((message: FromTrainer) => void) | undefined;
  #lost: ((reason: string) => void) | undefined;
  #reason: string | undefined;

  constructor(start: () => TrainerChannel, setup: TrainerSetup) {
    this.#channel = start();
    this.#channel.onMessage(message => {
      if (message.t === 'unable') this.#unable ??= message.why;
      this.#listener?.(message);
    });
    this.#channel.onExit(reason => {
      this.#reason = reason;
      this.#lost?.(reason);
    });
    this.#channel.post({ t: 'open', setup });
  }

  /** Why it cannot train on this computer; null where it can, as far as is known. */
  get unable(): string | null {
    return this.#unable;
  }

  /**
   * Trains into the folder of the run.
   * @returns false where it cannot train at all, see `unable`
   * @throws as `trainInto`; AppError INTERNAL where the process is lost: then the checkpoints are there
   */
  async train(spec: NetworkSpec, { signal, onBegun, onStep, onBusy, onEpoch }: Reports): Promise<boolean> {
    if (this.#unable !== null) return false;
    if (signal.aborted) throw cancelled('Training');
    const onAbort = (): void => this.#channel.post({ t: 'cancel' });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise<boolean>((resolve, reject) => {
        this.#lost = reason => reject(lost(spec, reason));
        if (this.#reason !== undefined) return this.#lost(this.#reason);
        this.#listener = message => {
          switch (message.t) {
            case 'begun':
              return onBegun?.(message.done, message.of);
            case 'step':
              return onStep?.(message.done, message.of);
            case 'busy':
              return onBusy?.();
            case 'epoch':
              return onEpoch(message.report);
            case 'done':
              return resolve(true);
            case 'unable':
              return resolve(false);
            case 'failed':
              return reject(fromWire(message.error));
          }
        };
        this.#channel.post({ t: 'train', spec });
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#listener = this.#lost = undefined;
    }
  }

  end(): void {
    this.#channel.end();
  }
}

function lost(spec: NetworkSpec, reason: string): AppError {
  return new AppError(
    'INTERNAL',
    `The process that trains ${spec.id} stopped: ${reason}. Resume the run to go on from its last checkpoint.`,
    { name: 'TrainerLost' },
  );
}
