/** The engine in this process with a small simulated data set, on which a run takes a second or two. */
import { onTestFinished } from 'vitest';
import type { EngineEnvironment } from '../../../src/engine/environment.ts';
import { createEngine } from '../../../src/engine/procedures.ts';
import { contract, type F910Contract } from '../../../src/shared/contract.ts';
import type { DatasetSummary, RunMetrics, RunProgress, RunSummary } from '../../../src/shared/model.ts';
import { createClient, type Client } from '../../../src/shared/rpc/client.ts';
import { serve } from '../../../src/shared/rpc/server.ts';
import { localPair } from '../../../src/shared/rpc/transports.ts';
import { testEnvironment } from '../../support/environment.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { join } from 'node:path';

export interface SmallEngine {
  readonly client: Client<F910Contract>;
  readonly workspace: string;
  /** Closes the engine as quitting the app does; it is closed at the end of the test anyway. */
  close(): Promise<void>;
}

export async function openEngine(
  workspace = temporaryFolder(),
  changes: Partial<EngineEnvironment> = {},
): Promise<SmallEngine> {
  const engine = await createEngine({ ...testEnvironment(workspace), ...changes });
  const [near, far] = localPair();
  serve(contract, engine.handlers, far);
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= engine.close());
  onTestFinished(close);
  return { client: createClient<F910Contract>(near), workspace, close };
}

export async function smallData(
  client: Client<F910Contract>,
  { cells = 300, genes = 200, seed = 3 } = {},
): Promise<DatasetSummary> {
  const out = join(temporaryFolder(), 'sim');
  await client.call('data.simulate', { cells, genes, types: 3, seed, out });
  return client.call('data.import', {
    files: [{ path: out, options: {}, labels: join(out, 'labels.csv') }],
    name: 'Small',
  });
}

/** Enough epochs that a run can be stopped in the middle of its networks. */
export const PARAMS = {
  minLibrarySize: 0,
  minCells: 3,
  hidden: [32],
  epochs: 60,
  patience: 60,
  embeddings: false,
};

/** Stops watching's error when the run is stopped; progress reaches `seen`. */
export async function follow(
  client: Client<F910Contract>,
  id: string,
  seen: (progress: RunProgress) => void = () => {},
): Promise<RunSummary> {
  await client.call('run.watch', { id }, { onProgress: seen }).catch(() => {});
  return (await client.call('run.view', { id })).summary;
}

/** Settles at the first progress that fits. */
export function until(
  client: Client<F910Contract>,
  id: string,
  fits: (progress: RunProgress) => boolean,
): Promise<RunProgress> {
  return new Promise((resolve, reject) => {
    client
      .call('run.watch', { id }, { onProgress: value => fits(value) && resolve(value) })
      .then(() => reject(new Error(`${id} ended before`)), reject);
  });
}

/** All that must not depend on when a run was disturbed: everything but identities and times. */
export function numbers({ dataset, models, seconds: _all, ...rest }: RunMetrics) {
  return { ...rest, checksum: dataset.checksum, models: models.map(({ seconds: _own, ...model }) => model) };
}
