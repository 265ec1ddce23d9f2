/**
 * How the defaults of the networks were chosen: one setting changed at a time around a base, on several data sets, judged
 * on the stop cells alone. Test cells are not read. The findings stand in docs/choices.md.
 *
 *   node scripts/study/choices.ts WORKSPACE NAME... > results.jsonl
 *
 * Each NAME is a data set stored in the workspace. One JSON object per training is written to stdout.
 */
import { computeOnStop } from './stop-scores.ts';
import { loadTensorEngine } from '../../src/engine/tensor/backend.ts';
import { trainNetwork } from '../../src/engine/models/network.ts';
import { fitRidge } from '../../src/engine/models/ridge.ts';
import { rowSummary } from '../../src/engine/models/weights.ts';
import { prepare, type Prepared } from '../../src/engine/recipe/prepare.ts';
import { range } from '../../src/engine/steps/cells.ts';
import { readPanel } from '../../src/engine/steps/panel.ts';
import { Workspace } from '../../src/engine/workspace/workspace.ts';
import { parseParams, type Params } from '../../src/shared/params.ts';

const BASE = { hidden: [256], batch: 64, dropout: 0.2, learningRate: 3e-4 } as const;
type Setting = Partial<Pick<Params, 'hidden' | 'batch' | 'dropout' | 'learningRate'>>;
const NETWORK: readonly Setting[] = [
  {},
  ...[128, 512].map(width => ({ hidden: [width] })),
  { hidden: [256, 256] },
  ...[16, 32, 128].map(batch => ({ batch })),
  ...[0, 0.5].map(dropout => ({ dropout })),
  ...[1e-2, 3e-3, 1e-3, 1e-4].map(learningRate => ({ learningRate })),
];
/** In units of the loss of the means, as the parameter is. */
const LAMBDAS = [0, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3];
/** Size at which panels of different lambdas are compared: the rows of largest norm. */
const PANEL_SHARE = 0.05;

const [, , folder, ...names] = process.argv;
const workspace = Workspace.open(folder!, { appVersion: 'study' });
const engine = await loadTensorEngine();
const signal = new AbortController().signal;
const context = { signal, progress: () => {} };

for (const name of names) {
  const summary = workspace.datasets.list().find(d => d.name === name);
  if (!summary) throw new Error(`There is no data set "${name}" in the workspace.`);
  const dataset = workspace.datasets.open(summary.id);
  const shallow = name.startsWith('pbmc3k');
  const params = parseParams('paper', shallow ? { minLibrarySize: 0 } : {});
  const prepared = await prepare(dataset, params, 8e9, context);
  await studyNetwork(name, prepared);
  await studySelection(name, prepared, params);
  dataset.close();
}
workspace.close();

async function studyNetwork(data: string, prepared: Prepared): Promise<void> {
  const { rows, split, landmarks } = prepared;
  const targets = others(rows.genes, landmarks);
  const ridge = await fitRidge(engine, rows, split, { inputs: landmarks, targets }, { signal });
  say({ data, model: 'ridge', setting: {}, ...computeOnStop(ridge, prepared), ridge: ridge.ridge });
  for (const setting of NETWORK) {
    const spec = {
      ...BASE,
      ...setting,
      id: 'dnn-l1000',
      inputs: landmarks,
      targets,
      epochs: 100,
      patience: 5,
      weighted: false,
      lambda: 0,
      seed: 1,
    } as const;
    const trained = await trainNetwork(engine, rows, split, spec, { signal, onEpoch: () => {} });
    say({
      data,
      model: 'dnn-l1000',
      setting,
      ...computeOnStop(trained, prepared),
      epochs: trained.epochs,
      seconds: trained.seconds,
    });
    trained.dispose();
  }
}

async function studySelection(data: string, prepared: Prepared, params: Params): Promise<void> {
  const { rows, split } = prepared;
  const all = range(rows.genes);
  for (const lambda of LAMBDAS) {
    const spec = {
      ...BASE,
      id: 'select',
      inputs: all,
      targets: all,
      epochs: 100,
      patience: 5,
      weighted: true,
      lambda: lambda * prepared.meanLoss,
      seed: 1,
    } as const;
    const trained = await trainNetwork(engine, rows, split, spec, { signal, onEpoch: () => {} });
    const own = computeOnStop(trained, prepared);
    const { epochs, seconds, switchedOff, converged } = trained;
    const summary = rowSummary(trained.weights[0]!.kernel, all.length, spec.hidden[0]);
    const weights = { ...summary, norm: Float32Array.from(summary.norm) };
    trained.dispose();
    const panelSize = Math.round(PANEL_SHARE * all.length);
    const [paper, norm] = [
      readPanel(weights, params),
      readPanel(weights, { ...params, rule: 'norm', panelSize }),
    ];
    const linear = await fitRidge(
      engine,
      rows,
      split,
      { inputs: norm.genes, targets: others(rows.genes, norm.genes) },
      { signal },
    );
    const sizes = { paperPanel: paper.genes.length, normPanel: norm.genes.length };
    say({
      data,
      model: 'select',
      setting: { lambda },
      ...own,
      epochs,
      seconds,
      switchedOff,
      genes: all.length,
      converged,
      ...sizes,
      normRidge: computeOnStop(linear, prepared),
    });
    linear.dispose();
  }
}

function others(genes: number, inputs: Int32Array): Int32Array {
  const measured = new Set(inputs);
  return range(genes).filter(gene => !measured.has(gene));
}

function say(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
