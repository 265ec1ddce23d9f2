/** The comparison of two runs that is open. */
import { isAppError } from '../../shared/errors.ts';
import type { RunDiff } from '../../shared/run-diff.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError } from './job.svelte.ts';

export class Comparison {
  diff = $state.raw<RunDiff | null>(null);
  problem = $state.raw<string | null>(null);
  readonly #connection: Connection;
  #asked = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** An answer that comes after another pair was asked for is dropped. */
  async load(a: string, b: string): Promise<void> {
    const asked = ++this.#asked;
    try {
      const diff = await this.#connection.client.call('run.diff', { a, b });
      if (asked === this.#asked) [this.diff, this.problem] = [diff, null];
    } catch (error) {
      if (asked !== this.#asked || isAppError(error, 'ENGINE_LOST')) return;
      this.diff = null;
      this.problem = asAppError(error).message;
    }
  }
}
