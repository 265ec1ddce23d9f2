/** The scoreboard of the run that is open. */
import { isAppError } from '../../shared/errors.ts';
import type { Progress } from '../../shared/model.ts';
import type { Scoreboard, ScoreboardRequest } from '../../shared/scoreboard.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError, Job } from './job.svelte.ts';

export type BoardChoice = Omit<ScoreboardRequest, 'run' | 'weights'>;

export class Board {
  run = $state.raw<string | null>(null);
  stored = $state.raw<Scoreboard | null>(null);
  problem = $state.raw<string | null>(null);
  readonly making: Job<{ readonly run: string; readonly choice: BoardChoice }, Progress, Scoreboard>;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.making = new Job(async ({ run, choice }, options) => {
      const board = await connection.client.call('board.make', { run, ...choice }, options);
      if (this.run === run) this.stored = board;
      return board;
    });
  }

  async open(run: string): Promise<void> {
    if (this.run === run) return;
    [this.run, this.stored, this.problem] = [run, null, null];
    this.making.stop();
    this.making.reset();
    try {
      const stored = await this.#connection.client.call('board.get', { run });
      if (this.run === run) this.stored = stored;
    } catch (error) {
      if (this.run !== run) return;
      // Asked again when the connection is back.
      if (isAppError(error, 'ENGINE_LOST')) this.run = null;
      else this.problem = asAppError(error).message;
    }
  }
}
