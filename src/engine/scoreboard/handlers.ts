/** The procedures of the scoreboard: made on request from a finished run, kept in its folder. */
import { AppError, badInput } from '../../shared/errors.ts';
import type { F910Contract } from '../../shared/contract.ts';
import type { ListSource } from '../../shared/enrichment.ts';
import type { LabelColumn, PanelGene } from '../../shared/model.ts';
import type { RobustnessRequest, Scoreboard, ScoreboardRequest } from '../../shared/scoreboard.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import { examples } from '../genes/examples.ts';
import { namesOf, readList } from '../genes/list-source.ts';
import type { GeneReference } from '../genes/reference.ts';
import { RunNetworks } from '../recipe/networks.ts';
import { labelsOf, prepare, type Prepared } from '../recipe/prepare.ts';
import { matrixLimit } from '../recipe/room.ts';
import { panelOf, paramsOf } from '../recipe/view.ts';
import { takeLabels } from '../steps/cells.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { StepContext } from '../steps/context.ts';
import { loadTensorEngine } from '../tensor/backend.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { PanelNetworks } from './panel-networks.ts';
import { robustness } from './robustness.ts';
import { BOARD_FILE, storedBoard } from './stored.ts';
import { makeScoreboard } from './scoreboard.ts';

/** Share of the free memory that the products of all genes may take. */
const MEMORY_SHARE = 0.6;

export function scoreboardHandlers(
  workspace: Workspace,
  environment: EngineEnvironment,
  reference: () => GeneReference,
): Pick<Handlers<F910Contract>, 'board.make' | 'board.get' | 'board.robust'> {
  return {
    'board.get': ({ run }) => storedBoard(workspace.runs.folder(run)),
    'board.robust': (request, context) =>
      onRun(workspace, request.run, context, async ({ prepared, dataset, ofRun, seed, types }) => {
        const { selector, size, draws, leaveOut } = request as RobustnessRequest;
        if (selector === 'norm') throw networkNeeded();
        const roles = dataset.summary.roles;
        const labels = Object.fromEntries(
          leaveOut.flatMap(by => {
            const column = dataset.columns.find(({ name }) => name === roles[by]);
            return column ? [[by, takeLabels(column, prepared.preprocessed.cells)]] : [];
          }),
        );
        return robustness(
          {
            ...{ engine: await loadTensorEngine(), prepared, labels, types, seed, selector, size, draws },
            norms: Float64Array.from(ofRun, gene => gene.norm),
            memoryLimit: MEMORY_SHARE * process.availableMemory(),
          },
          context,
        );
      }),
    'board.make': (request, context) =>
      make(workspace, environment, reference(), request as ScoreboardRequest, context),
  };
}

async function make(
  workspace: Workspace,
  environment: EngineEnvironment,
  reference: GeneReference,
  request: ScoreboardRequest,
  context: StepContext,
): Promise<Scoreboard> {
  const folder = workspace.runs.folder(request.run);
  const ofRun = panelOf(folder);
  const table = namesOf(ofRun);
  const columns = async (what: string, list: ListSource | undefined): Promise<number[]> => {
    if (list === undefined) return [];
    const { entries } = await readList(list, reference, { data: table, sameLetters: false });
    const missing = entries.filter(({ row }) => (row ?? -1) < 0).map(({ text }) => text);
    if (missing.length > 0) {
      throw badInput(
        what,
        `${examples(missing)} of the ${what === 'mustHave' ? 'genes that the panels must have' : what === 'start' ? 'genes to start from' : what === 'banned' ? 'genes that are banned' : 'genes with a weight'} ${missing.length === 1 ? 'is' : 'are'} not among the genes of the run. Take ${missing.length === 1 ? 'it' : 'them'} out of the list.`,
      );
    }
    return [...new Set(entries.map(({ row }) => row!))];
  };
  const mustHave = await columns('mustHave', request.mustHave);
  const start = request.start === undefined ? null : await columns('start', request.start);
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
  return onRun(workspace, request.run, context, async ({ prepared, dataset, seed, types }) => {
    const engine = await loadTensorEngine();
    const limit = (): number => matrixLimit(process.availableMemory());
    using networks = request.networks
      ? new PanelNetworks(
          () => new RunNetworks(engine, environment, folder, dataset, prepared, limit()),
          prepared,
          paramsOf(folder),
        )
      : null;
    const board = await makeScoreboard(
      {
        ...request,
        ...{ seed, engine, environment, prepared, start, mustHave, banned, weights, types },
        network: networks && networks.train,
        counts: dataset.rows,
        norms: Float64Array.from(ofRun, gene => gene.norm),
        panel: ofRun.flatMap(({ inPanel }, gene) => (inPanel ? [gene] : [])),
        memoryLimit: MEMORY_SHARE * process.availableMemory(),
      },
      context,
    );
    folder.writeJson(BOARD_FILE, board);
    return board;
  });
}

/** Weights of one network say nothing about those of another. */
function networkNeeded(): AppError {
  const why = 'the weights come from a network, which would have to be trained anew for every half';
  return new AppError(
    'NOT_POSSIBLE',
    `The stability of Norm cannot be had here: ${why}. Run the recipe with the rule norm and “Networks for stability” at 5 or more: the Panel place then shows how often each gene is chosen.`,
    { what: 'robustness', why },
  );
}

interface RunLaidOut {
  readonly prepared: Prepared;
  readonly dataset: Dataset;
  readonly ofRun: readonly PanelGene[];
  readonly seed: number;
  /** Of all kept cells. */
  readonly types: LabelColumn | null;
}

/** @throws AppError NOT_POSSIBLE where the genes of the run are no longer what they were */
async function onRun<T>(
  workspace: Workspace,
  run: string,
  context: StepContext,
  work: (laid: RunLaidOut) => Promise<T>,
): Promise<T> {
  const folder = workspace.runs.folder(run);
  const ofRun = panelOf(folder);
  const params = paramsOf(folder);
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
    const types = type && takeLabels(type, prepared.preprocessed.cells);
    return await work({ prepared, dataset, ofRun, seed: params.seed, types });
  } finally {
    dataset.close();
  }
}
