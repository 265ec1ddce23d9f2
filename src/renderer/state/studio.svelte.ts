/** What the screen shows, from one place: the engine, data sets, runs, and what is being imported. */
import type { SystemInfo } from '../../shared/contract.ts';
import { isAppError } from '../../shared/errors.ts';
import type { DatasetSummary, Progress } from '../../shared/model.ts';
import type { Host } from '../host.ts';
import type { Connection } from './connection.svelte.ts';
import { Import } from './import.svelte.ts';
import { asAppError, Job } from './job.svelte.ts';
import { Router } from './router.svelte.ts';
import { Runs } from './runs.svelte.ts';

export class Studio {
  readonly connection: Connection;
  readonly host: Host;
  readonly router = new Router();
  readonly runs: Runs;
  readonly import: Import;
  readonly example: Job<null, Progress, DatasetSummary>;
  /** Null until the engine has answered for the first time. */
  system = $state.raw<SystemInfo | null>(null);
  datasets = $state.raw<readonly DatasetSummary[]>([]);
  problem = $state.raw<string | null>(null);

  constructor(connection: Connection, host: Host) {
    this.connection = connection;
    this.host = host;
    this.runs = new Runs(connection, this.router);
    this.import = new Import(
      connection,
      host,
      () => this.datasets,
      () => this.refresh(),
    );
    this.example = new Job(async (_, call) => {
      const dataset = await connection.client.call('data.example', {}, call);
      await this.refresh();
      return dataset;
    });
  }

  /** Everything that the engine knows; called after every (re)connection. */
  async refresh(): Promise<void> {
    try {
      const { client } = this.connection;
      const [system, datasets] = await Promise.all([
        client.call('system.info', {}),
        client.call('data.list', {}),
        this.runs.refresh(),
      ]);
      this.datasets = datasets;
      this.system = system;
      this.problem = null;
    } catch (error) {
      this.#tell(error);
    }
  }

  async deleteDataset(id: string): Promise<void> {
    try {
      await this.connection.client.call('data.delete', { id });
      await this.refresh();
    } catch (error) {
      this.#tell(error);
    }
  }

  /** A lost engine is the connection's to tell. */
  #tell(error: unknown): void {
    if (!isAppError(error, 'ENGINE_LOST')) this.problem = asAppError(error).message;
  }
}
