/** The handlers of Explore's procedures. */
import type { F910Contract } from '../../shared/contract.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { Explorer } from './explorer.ts';

type ExploreProcedure = Extract<keyof F910Contract, `explore.${string}`>;

export function exploreHandlers(
  workspace: Workspace,
  environment: EngineEnvironment,
): Pick<Handlers<F910Contract>, ExploreProcedure> {
  const explorer = new Explorer(workspace, environment);
  return {
    'explore.dataset': ({ datasetId }) => explorer.dataset(datasetId),
    'explore.look': request => explorer.look(request),
    'explore.compute': (request, context) => explorer.compute(request, context),
    'explore.stop': ({ datasetId, which }) => {
      explorer.stop(datasetId, which);
      return { stopped: which };
    },
    'explore.gene': (request, context) => explorer.gene(request, context),
    'explore.putLabels': request => explorer.putLabels(request),
    'explore.subset': (request, context) => explorer.subset(request, context),
  };
}
