/** The procedures of looking at files and of what is done with stored data sets. */
import type { F910Contract } from '../../shared/contract.ts';
import type { LandmarkReport } from '../../shared/import.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { GeneReference } from '../genes/reference.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { importFiles } from './import.ts';
import { inspectLabels } from './label-report.ts';
import { Looks } from './looks.ts';
import { inspectPool } from './pool-report.ts';

type Names =
  'data.inspect' | 'data.import' | 'data.pool' | 'data.rename' | 'data.landmarks' | 'labels.inspect';

export function importHandlers(
  workspace: Workspace,
  reference: () => GeneReference,
  environment: EngineEnvironment,
): Pick<Handlers<F910Contract>, Names> {
  const looks = new Looks(reference, environment);
  return {
    'data.inspect': async (counts, context) => (await looks.look(counts, context)).report,
    'data.import': (input, context) => importFiles(workspace, reference(), input, environment, context),
    'data.pool': async ({ files }, context) => {
      const found = [];
      for (const counts of files) found.push(await looks.look(counts, context));
      return inspectPool(found);
    },
    'labels.inspect': async ({ counts, labels, options }, context) =>
      inspectLabels(await looks.look(counts, context), labels, options, context.signal),
    'data.rename': ({ id, name }) => workspace.datasets.rename(id, name),
    'data.landmarks': ({ id }) => landmarksOf(workspace, reference(), id),
  };
}

function landmarksOf(workspace: Workspace, reference: GeneReference, id: string): LandmarkReport {
  const present = new Set(workspace.datasets.genes(id).landmark);
  const symbols = (wanted: boolean): string[] =>
    reference.landmarks.filter((_, row) => present.has(row) === wanted).map(gene => gene.symbol);
  return { present: symbols(true), missing: symbols(false) };
}
