/** The procedures of the scoreboard: made on request from a finished run, kept in its folder. */
import { AppError, badInput } from '../../shared/errors.ts';
import type { F910Contract } from '../../shared/contract.ts';
import type { ListSource } from '../../shared/enrichment.ts';
import type { Scoreboard, ScoreboardRequest } from '../../shared/scoreboard.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import { examples } from '../genes/examples.ts';
import { namesOf, readList } from '../genes/list-source.ts';
import type { GeneReference } from '../genes/reference.ts';
import { labelsOf, prepare } from '../recipe/prepare.ts';
import { matrixLimit } from '../recipe/room.ts';
import { panelOf, paramsOf } from '../recipe/view.ts';
import { takeLabels } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { loadTensorEngine } from '../tensor/backend.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { makeScoreboard } from './scoreboard.ts';

const FILE = 'scoreboard.json';
/** Share of the free memory that the products of all genes may take. */
const MEMORY_SHARE = 0.6;

export function scoreboardHandlers(
  workspace: Workspace,
  reference: () => GeneReference,
): Pick<Handlers<F910Contract>, 'board.make' | 'board.get'> {
  return {
    'board.get': ({ run }) => workspace.runs.folder(run).readJson<Scoreboard>(FILE),
    'board.make': (request, context) => make(workspace, reference(), request as ScoreboardRequest, context),
  };
}

async function make(
  workspace: Workspace,
  reference: GeneReference,
  request: ScoreboardRequest,
  context: StepContext,
): Promise<Scoreboard> {
  const folder = workspace.runs.folder(request.run);
  const ofRun = panelOf(folder);
  const params = paramsOf(folder);
  const table = namesOf(ofRun);
  const columns = async (what: string, list: ListSource | undefined): Promise<number[]> => {
    if (list === undefined) return [];
    const { entries } = await readList(list, reference, { data: table, sameLetters: false });
    const missing = entries.filter(({ row }) => (row ?? -1) < 0).map(({ text }) => text);
    if (missing.length > 0) {
      throw badInput(
        what,
        `${examples(missing)} of the ${what === 'mustHave' ? 'genes that the panels must have' : what === 'banned' ? 'genes that are banned' : 'genes with a weight'} ${missing.length === 1 ? 'is' : 'are'} not among the genes of the run. Take ${missing.length === 1 ? 'it' : 'them'} out of the list.`,
      );
    }
    return [...new Set(entries.map(({ row }) => row!))];
  };
  const mustHave = await columns('mustHave', request.mustHave);
  const banned = new Uint8Array(ofRun.length);
  for (const gene of await columns('banned', request.banned)) banned[gene] = 1;
  const both = mustHave.filter(gene => banned[gene] === 1);
  if (both.length > 0) {
    throw badInput(
      'banned',
      `${ofRun[both[0]!]!.symbol} cannot be banned and be a gene that the panels must have.`,
    );
  }
  const weighted = Object.entries(request.weights ?? {});
  let weights: Float32Array | null = null;
  if (weighted.length > 0) {
    weights = new Float32Array(ofRun.length).fill(1);
    for (const [name, weight] of weighted) {
      const [gene] = await columns('weights', { text: name });
      weights[gene!] = weight;
    }
  }
  const dataset = workspace.datasets.open(folder.record.summary.datasetId);
  try {
    const prepared = await prepare(dataset, params, matrixLimit(process.availableMemory()), context);
    if (
      prepared.genes.name.length !== ofRun.length ||
      prepared.genes.name.some((name, gene) => name !== ofRun[gene]!.name)
    ) {
      throw new AppError(
        'NOT_POSSIBLE',
        'The genes of this run are no longer what they were, so panels cannot be compared on it. Run the recipe again with the same parameters.',
        { what: 'scoreboard', why: 'the filters keep other genes now' },
      );
    }
    const { type } = labelsOf(dataset);
    const board = await makeScoreboard(
      {
        ...request,
        ...{ seed: params.seed, engine: await loadTensorEngine(), prepared, mustHave, banned, weights },
        types: type && takeLabels(type, prepared.preprocessed.cells),
        norms: Float64Array.from(ofRun, gene => gene.norm),
        panel: ofRun.flatMap(({ inPanel }, gene) => (inPanel ? [gene] : [])),
        memoryLimit: MEMORY_SHARE * process.availableMemory(),
      },
      context,
    );
    folder.writeJson(FILE, board);
    return board;
  } finally {
    dataset.close();
  }
}
