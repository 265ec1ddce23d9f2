/** What the run that is being set up would need, asked anew after every change. */
import type { RunEstimate } from '../../shared/runs.ts';
import { isAppError } from '../../shared/errors.ts';
import type { Connection } from './connection.svelte.ts';
import type { Draft } from './draft.svelte.ts';
import { asAppError } from './job.svelte.ts';

/** Changes in a row (a number that is typed) are asked about once. */
const ASK_AFTER_MS = 250;

export class Estimate {
  /** The last answer; it stays while the next one is awaited. */
  value = $state.raw<RunEstimate | null>(null);
  /** Why there is no answer. */
  problem = $state.raw<string | null>(null);
  /** The answer is to an earlier question. */
  asking = $state(false);
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @returns what gives the question up; for an effect */
  ask(datasetId: string, draft: Draft): () => void {
    const { preset, changes, parsed } = draft;
    const stop = new AbortController();
    if ('problem' in parsed) {
      this.asking = false;
      return () => {};
    }
    this.asking = true;
    const timer = setTimeout(() => {
      this.#connection.client
        .call('run.estimate', { datasetId, preset, params: { ...changes } }, { signal: stop.signal })
        .then(
          value => this.#answer(stop, value, null),
          (error: unknown) => {
            if (isAppError(error, 'ENGINE_LOST')) return;
            this.#answer(stop, null, asAppError(error).message);
          },
        );
    }, ASK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }

  #answer(asked: AbortController, value: RunEstimate | null, problem: string | null): void {
    if (asked.signal.aborted) return;
    this.value = value;
    this.problem = problem;
    this.asking = false;
  }
}
