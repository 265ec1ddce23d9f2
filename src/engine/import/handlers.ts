/** The procedures of looking at files and of what is done with stored data sets. */
import type { F910Contract } from '../../shared/contract.ts';
import type { FoundLandmark, LandmarkReport } from '../../shared/import.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import type { EngineEnvironment } from '../environment.ts';
import { parseName } from '../genes/names.ts';
import type { GeneReference, ReferenceGene } from '../genes/reference.ts';
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
  const table = workspace.datasets.genes(id);
  const present = new Set(table.landmark);
  const symbols = (wanted: boolean): string[] =>
    reference.landmarks.filter((_, row) => present.has(row) === wanted).map(gene => gene.symbol);
  const found = table.landmark
    .flatMap((landmark, row) => (landmark < 0 ? [] : [{ landmark, row }]))
    .sort((a, b) => a.landmark - b.landmark)
    .map(({ landmark, row }) => {
      const name = table.name[row]!;
      const { symbol } = reference.landmarks[landmark]!;
      return { symbol, name, by: foundBy(reference.landmarks[landmark]!, name, table.symbol[row]!) };
    });
  return { present: symbols(true), missing: symbols(false), found };
}

/** Which part of the name in the file leads to the landmark; `symbol` is what stands beside an id. */
function foundBy(gene: ReferenceGene, name: string, symbol: string): FoundLandmark['by'] {
  const own = parseName(name);
  if (gene.ensembl.includes(own.ensembl)) return 'ensembl';
  if (own.entrez === gene.entrez) return 'entrez';
  return [own.symbol, own.ensembl === '' ? '' : symbol].includes(gene.symbol) ? 'symbol' : 'other name';
}
