/** What several files share, asked of the engine whenever the files change. */
import type { PoolReport } from '../../shared/import.ts';
import type { Given } from './chosen.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError } from './job.svelte.ts';

export class Pool {
  /** The answer, or why there is none; null for a single file and while the engine compares. */
  found = $state.raw<{ readonly report: PoolReport } | { readonly failure: string } | null>(null);
  readonly #connection: Connection;
  #turn = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async look(given: readonly Given[]): Promise<void> {
    const turn = ++this.#turn;
    const files = given.map(({ path, options }) => ({ path, options }));
    this.found = null;
    if (files.length < 2) return;
    try {
      const report = await this.#connection.client.call('data.pool', { files });
      if (turn === this.#turn) this.found = { report };
    } catch (error) {
      if (turn === this.#turn) this.found = { failure: asAppError(error).message };
    }
  }
}
