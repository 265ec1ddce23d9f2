/** The engine: one workspace, one numerical engine, and a handler for every procedure of the contract. */
import type { F910Contract } from '../shared/contract.ts';
import { AppError, cancelled, isAppError } from '../shared/errors.ts';
import type { RunSummary } from '../shared/model.ts';
import { PARAMS_VERSION, parseParams } from '../shared/params.ts';
import type { Handlers } from '../shared/rpc/server.ts';
import type { EngineEnvironment } from './environment.ts';
import { exploreHandlers } from './explore/handlers.ts';
import { exportRun } from './export/export.ts';
import { loadReference, type GeneReference } from './genes/reference.ts';
import { importExample } from './simulate/example.ts';
import { importHandlers } from './import/handlers.ts';
import { qualityHandlers } from './quality/handlers.ts';
import { RunJobs } from './recipe/jobs.ts';
import { runRecipe } from './recipe/recipe.ts';
import { artifactsOf, diffRuns, panelOf, paramsOf, viewRun } from './recipe/view.ts';
import { loadEmbedding } from './recipe/embedding-file.ts';
import { simulateToFolder } from './simulate/simulate.ts';
import { loadTensorEngine } from './tensor/backend.ts';
import type { RunFolder } from './workspace/run-folder.ts';
import { Workspace } from './workspace/workspace.ts';

export interface Engine {
  readonly handlers: Handlers<F910Contract>;
  /** Stops runs where they can be resumed, and lets go of the workspace. */
  close(): Promise<void>;
}

/** @throws AppError WORKSPACE for a folder that cannot be used */
export async function createEngine(environment: EngineEnvironment): Promise<Engine> {
  const workspace = Workspace.open(environment.workspace, { appVersion: environment.appVersion });
  const jobs = new RunJobs();
  let known: GeneReference | null = null;
  const reference = (): GeneReference => (known ??= loadReference(environment.resources));

  const begin = (folder: RunFolder): RunSummary => {
    jobs.start(folder.id, (signal, progress) => work(workspace, environment, folder, signal, progress));
    return workspace.runs.get(folder.id);
  };

  const handlers: Handlers<F910Contract> = {
    'system.info': async () => ({
      app: environment.appVersion,
      node: process.versions.node,
      engine: (await loadTensorEngine()).info,
      workspace: workspace.folder,
      landmarks: reference().landmarks.length,
    }),
    'system.doctor': async (_, { signal }) => {
      const { info } = await loadTensorEngine();
      const engine = info.native
        ? { name: 'engine', ok: true, detail: `TensorFlow ${info.version}, native` }
        : {
            name: 'engine',
            ok: false,
            detail: `WebAssembly ${info.version}, much slower than native TensorFlow. ${info.why}`,
            remedy: 'Run `npm run f910 -- doctor --repair` with a network connection.',
          };
      const notices = workspace.notices.map(detail => ({ name: 'workspace', ok: true, detail }));
      return [engine, ...notices, ...(await workspace.check(signal))];
    },
    'memory.load': () => workspace.memory.load(),
    'memory.save': ({ key, value }) => {
      workspace.memory.save(key, value);
      return { saved: key };
    },
    ...importHandlers(workspace, reference, environment),
    'data.example': (_, context) => importExample(workspace, reference(), context),
    'data.list': () => workspace.datasets.list(),
    'data.get': ({ id }) => workspace.datasets.get(id),
    'data.delete': ({ id }) => {
      workspace.datasets.delete(id);
      return { deleted: id };
    },
    'data.simulate': (input, context) => simulateToFolder(reference(), input, context),
    ...qualityHandlers(workspace),

    ...exploreHandlers(workspace, environment),

    'run.start': ({ datasetId, preset, params: changes, name }) => {
      const params = parseParams(preset, changes);
      return begin(
        workspace.runs.create({
          datasetId,
          name,
          preset,
          seed: params.seed,
          params,
          paramsVersion: PARAMS_VERSION,
        }),
      );
    },
    'run.resume': ({ id }) => {
      if (jobs.isGoing(id)) return workspace.runs.get(id);
      return begin(workspace.runs.claim(id));
    },
    'run.watch': async ({ id }, { signal, progress }) => {
      await jobs.watch(id, signal, progress);
      return workspace.runs.get(id);
    },
    'run.cancel': async ({ id }) => {
      await jobs.cancel(id);
      return workspace.runs.get(id);
    },
    'run.list': () => workspace.runs.list(),
    'run.view': ({ id }) => viewRun(workspace.runs, id),
    'run.panel': ({ id }) => panelOf(workspace.runs.folder(id)),
    'run.embedding': ({ id }) => loadEmbedding(workspace.runs.folder(id))?.embedding ?? null,
    'run.diff': ({ a, b }) => diffRuns(workspace.runs, a, b),
    'run.delete': ({ id }) => {
      workspace.runs.delete(id);
      return { deleted: id };
    },
    'run.export': async ({ id, out }, context) => ({
      out,
      files: await exportRun(artifactsOf(workspace.runs, id), out, environment, context),
    }),
  };
  return {
    handlers,
    close: async () => {
      await jobs.close();
      workspace.close();
    },
  };
}

/** One run from its record to its end, whatever the end is; the record says which. */
async function work(
  workspace: Workspace,
  environment: EngineEnvironment,
  folder: RunFolder,
  signal: AbortSignal,
  progress: Parameters<typeof runRecipe>[3]['progress'],
): Promise<void> {
  const started = performance.now();
  const end = (changes: Parameters<Workspace['runs']['update']>[1]): void => {
    const seconds = (performance.now() - started) / 1000;
    workspace.runs.update(folder.id, { ...changes, finished: new Date().toISOString(), seconds });
  };
  try {
    const { datasetId } = folder.record.summary;
    const dataset = workspace.datasets.open(datasetId);
    try {
      const metrics = await runRecipe(dataset, paramsOf(folder), folder, {
        engine: await loadTensorEngine(),
        environment,
        signal,
        progress,
        clock: () => performance.now() / 1000,
        availableMemory: () => process.availableMemory(),
      });
      end({
        status: 'done',
        error: null,
        verdict: metrics.verdict,
        panelName: metrics.panel.name,
        panelSize: metrics.panel.size,
      });
    } finally {
      dataset.close();
    }
  } catch (error) {
    if (signal.aborted) {
      end({ status: 'cancelled' });
      throw cancelled(`The run ${folder.id}`);
    }
    const message = error instanceof Error ? error.message : String(error);
    folder.log({ event: 'failed', message, stack: error instanceof Error ? error.stack : undefined });
    end({
      status: 'failed',
      error:
        isAppError(error, 'INTERNAL') || !(error instanceof AppError)
          ? `Something went wrong inside: ${message}`
          : message,
    });
    throw error;
  }
}
