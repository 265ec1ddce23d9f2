/** An engine of its own with simulated cells, and runs on them that take seconds: for what reads finished runs. */
import { join } from 'node:path';
import type { ImportRequest, Progress, RunProgress, RunSummary } from '../../src/shared/model.ts';
import { createEngine, type Engine } from '../../src/engine/procedures.ts';
import { testEnvironment } from './environment.ts';

/** Enough for a panel, not enough to wait for. */
export const FAST = {
  minLibrarySize: 0,
  hidden: [24],
  epochs: 4,
  patience: 2,
  embeddings: false,
  randomPanels: 2,
};

export const quiet = {
  signal: new AbortController().signal,
  progress: (_: Progress | RunProgress): void => {},
};

export interface SmallRun {
  readonly engine: Engine;
  readonly datasetId: string;
  run(changes?: Readonly<Record<string, unknown>>): Promise<RunSummary>;
}

export async function smallRuns(folder: string, cells = 260, genes = 300): Promise<SmallRun> {
  const engine = await createEngine(testEnvironment(join(folder, 'workspace')));
  const out = join(folder, 'counts');
  await engine.handlers['data.simulate']({ cells, genes, types: 3, seed: 5, out }, quiet);
  const file = { path: out, options: {}, labels: join(out, 'labels.csv') };
  const request: ImportRequest = { files: [file], name: 'Simulated' };
  const dataset = await engine.handlers['data.import'](request, quiet);
  const run = async (changes: Readonly<Record<string, unknown>> = {}): Promise<RunSummary> => {
    const params = { ...FAST, ...changes };
    const { id } = await engine.handlers['run.start'](
      { datasetId: dataset.id, preset: 'quick', params },
      quiet,
    );
    return engine.handlers['run.watch']({ id }, quiet);
  };
  return { engine, datasetId: dataset.id, run };
}
