/** The procedures of runs as they are started, stopped, described and looked up. */
import type { F910Contract } from '../../shared/contract.ts';
import { badInput } from '../../shared/errors.ts';
import type { RunSummary } from '../../shared/model.ts';
import { PARAMS_VERSION, parseParams } from '../../shared/params.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import type { EngineEnvironment } from '../environment.ts';
import { loadTensorEngine } from '../tensor/backend.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { Estimates } from './estimate.ts';
import type { RunJobs, StopReason } from './jobs.ts';
import { sessionOf } from './session.ts';
import { paramsOf } from './view.ts';

type RunHandlers = Pick<
  Handlers<F910Contract>,
  | 'run.start'
  | 'run.resume'
  | 'run.watch'
  | 'run.cancel'
  | 'run.pause'
  | 'run.estimate'
  | 'run.repeat'
  | 'run.rename'
  | 'run.note'
>;

export function runHandlers(
  workspace: Workspace,
  environment: EngineEnvironment,
  jobs: RunJobs,
): RunHandlers {
  const { runs } = workspace;
  const estimates = new Estimates(workspace);
  const begin = (folder: RunFolder): RunSummary => {
    jobs.start(folder.id, sessionOf(workspace, environment, folder));
    return runs.get(folder.id);
  };
  const stop = async (id: string, reason: StopReason): Promise<RunSummary> => {
    await jobs.stop(id, reason);
    return runs.get(id);
  };
  return {
    'run.start': ({ datasetId, preset, params: changes, name }) => {
      const params = parseParams(preset, changes);
      const { seed } = params;
      return begin(runs.create({ datasetId, name, preset, seed, params, paramsVersion: PARAMS_VERSION }));
    },
    'run.repeat': ({ id }) => {
      const first = runs.get(id);
      const params = paramsOf(runs.folder(id));
      const { checksum } = workspace.datasets.get(first.datasetId);
      if (checksum !== first.datasetChecksum) {
        throw badInput('id', `The data of ${first.name} have changed since, so it cannot be repeated.`);
      }
      return begin(
        runs.create({
          datasetId: first.datasetId,
          name: `${first.name}, again`.slice(0, 200),
          preset: first.preset,
          seed: params.seed,
          params,
          paramsVersion: PARAMS_VERSION,
          repeats: first,
        }),
      );
    },
    'run.resume': ({ id }) => (jobs.isGoing(id) ? runs.get(id) : begin(runs.claim(id))),
    'run.watch': async ({ id }, { signal, progress }) => {
      await jobs.watch(id, signal, progress);
      return runs.get(id);
    },
    'run.cancel': async ({ id }) => {
      const { status } = await stop(id, 'cancelled');
      // A run that is paused or was interrupted can be ended as well.
      if (status === 'paused' || status === 'interrupted')
        return runs.update(id, { status: 'cancelled', error: null });
      return runs.get(id);
    },
    'run.pause': ({ id }) => stop(id, 'paused'),
    'run.estimate': async (input, context) => estimates.of(await loadTensorEngine(), input, context),
    'run.rename': ({ id, name }) => runs.update(id, { name }),
    'run.note': ({ id, note }) => runs.update(id, { note }),
  };
}
