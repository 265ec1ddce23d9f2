/** The engine: one workspace, one numerical engine, and a handler for every procedure of the contract. */
import type { F910Contract } from '../shared/contract.ts';
import type { Handlers } from '../shared/rpc/server.ts';
import type { EngineEnvironment } from './environment.ts';
import { exploreHandlers } from './explore/handlers.ts';
import { exportRun } from './export/export.ts';
import { GeneDesks, geneHandlers } from './gene-view/handlers.ts';
import { loadReference, type GeneReference } from './genes/reference.ts';
import { importExample } from './simulate/example.ts';
import { enrichmentHandlers } from './go/handlers.ts';
import { importHandlers } from './import/handlers.ts';
import { qualityHandlers } from './quality/handlers.ts';
import { RunJobs } from './recipe/jobs.ts';
import { runHandlers } from './recipe/run-handlers.ts';
import { diffRuns } from './recipe/diff.ts';
import { artifactsOf, panelOf, viewRun } from './recipe/view.ts';
import { loadEmbedding } from './recipe/embedding-file.ts';
import { predictionHandlers } from './predict/handlers.ts';
import { scoreboardHandlers } from './scoreboard/handlers.ts';
import { simulateToFolder } from './simulate/simulate.ts';
import { loadTensorEngine } from './tensor/backend.ts';
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
  const desks = new GeneDesks(workspace);
  let known: GeneReference | null = null;
  const reference = (): GeneReference => (known ??= loadReference(environment.resources));

  const handlers: Handlers<F910Contract> = {
    'system.open': () => ({ app: environment.appVersion }),
    'system.info': async () => ({
      app: environment.appVersion,
      node: process.versions.node,
      engine: (await loadTensorEngine()).info,
      workspace: workspace.folder,
      landmarks: reference().landmarks.length,
    }),
    'system.doctor': async (_, { signal, progress }) => {
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
      return [engine, ...notices, ...(await workspace.check(signal, progress))];
    },
    'system.disk': () => workspace.disk(),
    'system.reference': () => {
      const { release, genes, landmarks } = reference();
      return { ...release, genes: genes.length, landmarks: landmarks.length };
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
    'data.delete': async ({ id }) => {
      await desks.release();
      workspace.datasets.delete(id);
      return { deleted: id };
    },
    'data.simulate': (input, context) => simulateToFolder(reference(), input, context),
    ...qualityHandlers(workspace),

    ...exploreHandlers(workspace, environment),

    ...runHandlers(workspace, environment, jobs),
    'run.list': () => workspace.runs.list(),
    'run.view': ({ id }) => viewRun(workspace.runs, id),
    'run.panel': ({ id }) => panelOf(workspace.runs.folder(id)),
    'run.embedding': ({ id }) => loadEmbedding(workspace.runs.folder(id))?.embedding ?? null,
    'run.diff': ({ a, b }) => diffRuns(workspace.runs, a, b),
    ...geneHandlers(desks, reference),
    ...enrichmentHandlers(workspace, environment, reference),
    ...scoreboardHandlers(workspace, environment, reference),
    ...predictionHandlers(workspace, reference),
    'run.delete': ({ id }) => {
      workspace.runs.delete(id);
      return { deleted: id };
    },
    'run.export': async ({ id, out }, context) => ({
      out,
      files: await exportRun(artifactsOf(workspace, id), out, environment, context),
    }),
    'bin.list': () => workspace.bin.list(),
    'bin.restore': ({ entry }) => workspace.bin.restore(entry),
    'bin.empty': () => ({ removed: workspace.bin.empty(0) }),
  };
  return {
    handlers,
    close: async () => {
      await jobs.close();
      await desks.release();
      workspace.close();
    },
  };
}
