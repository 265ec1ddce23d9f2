/**
 * The whole recipe, in order: preparation, maps, the L1000 models, the network that selects, the panel, the panel's
 * models, scores and comparisons. Every figure is of the test cells; every choice is made on the stop cells.
 *
 * A run can be stopped anywhere and taken up again: what is cheap is computed anew (to the same numbers, since all
 * randomness comes from the seed), maps and networks are kept in the run's folder, a network in training has checkpoints.
 */
import type {
  LeakCheck,
  ModelId,
  ModelMetrics,
  PairMetrics,
  PanelSummary,
  RandomPanels,
  RunMetrics,
  RunProgress,
  TrainingCurve,
} from '../../shared/model.ts';
import { FLAG_WORDS } from '../../shared/assay-fit.ts';
import type { SelectorId } from '../../shared/scoreboard.ts';
import { avoidedFlags, logBaseOf, type Params } from '../../shared/params.ts';
import type { EngineEnvironment } from '../environment.ts';
import { assayFlags, levelOf } from '../genes/assay-fit.ts';
import { loadReference } from '../genes/reference.ts';
import type { NetworkSpec } from '../models/network.ts';
import { fitRidge, type RidgeModel } from '../models/ridge.ts';
import { rowSummary } from '../models/weights.ts';
import { range, takeLabels } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { geneErrors, storeGeneErrors } from '../steps/gene-errors.ts';
import { auditLeaks } from '../steps/leak-audit.ts';
import { meanPredictor } from '../steps/mean-predictor.ts';
import { scoreModel } from '../steps/metrics.ts';
import type { Scored } from '../steps/pairs.ts';
import { chooseBySelector } from '../scoreboard/choose.ts';
import { panelGenes, panelSummary } from '../steps/panel-tables.ts';
import { readPanel, selectedPanel, stablePanel, type Panel, type WeightRows } from '../steps/panel.ts';
import type { Predictor } from '../steps/predictor.ts';
import { comparedCells, scoreRandomPanels } from '../steps/random-panels.ts';
import { verdict } from '../steps/verdict.ts';
import { counted, grouped } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/backend.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import { compareModels } from './compare.ts';
import { mapsOfRun } from './maps.ts';
import { RunMeter, type Phase } from './meter.ts';
import { RunNetworks } from './networks.ts';
import { drawsOf, isSelected, networkCost, planRun, scheduledEpochs, sizesOf } from './plan.ts';
import { FEWEST_LANDMARKS, labelsOf, prepare, type Prepared } from './prepare.ts';
import { diskRefusal, matrixLimit, memoryRefusal, runDisk, trainingMemory } from './room.ts';
import { selectionDraws } from './selection-draws.ts';
import { writeTimings, type KnownSpeeds, type Speeds } from './speeds.ts';

export interface RecipeContext {
  readonly engine: TensorEngine;
  readonly environment: EngineEnvironment;
  readonly signal: AbortSignal;
  progress(value: RunProgress): void;
  /** Seconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Seconds that earlier sessions of this run took. */
  readonly secondsBefore: number;
  /** Bytes of memory that the machine can still give. */
  readonly availableMemory: () => number;
  /** Bytes free on the disk of the workspace; null where the system does not tell. */
  readonly availableDisk: () => number | null;
  /** How fast this computer is, for the bar and the time left. */
  readonly known: KnownSpeeds;
}

/** Share of the free memory that the products of all genes may take. */
const SELECTION_MEMORY = 0.5;

/** A model with everything that is said about it. */
interface Result extends Scored {
  readonly metrics: ModelMetrics;
  /** Lowest loss on the stop cells, by which the better of two models is named. */
  readonly stopLoss: number;
}

/** What preprocessing leaves, as far as it decides the cost. */
type Kept = Parameters<typeof sizesOf>[0];

/** Runs the recipe in a run's folder and writes metrics.json, panel.json and curves.json there. */
export async function runRecipe(
  dataset: Dataset,
  params: Params,
  folder: RunFolder,
  context: RecipeContext,
): Promise<RunMetrics> {
  const run = new Recipe(dataset, params, folder, context);
  return run.run();
}

class Recipe {
  readonly #dataset: Dataset;
  readonly #params: Params;
  readonly #folder: RunFolder;
  readonly #context: RecipeContext;
  readonly #started: number;
  readonly #meter: RunMeter;
  /** Epochs that each network really took. */
  readonly #epochs = new Map<string, number>();
  readonly #results: Result[] = [];
  readonly #curves: TrainingCurve[] = [];
  readonly #predictors: Predictor[] = [];
  readonly #skipped: { what: string; why: string }[] = [];
  readonly #notes: string[] = [];
  #networks: RunNetworks | null = null;
  #trainCells = 0;

  constructor(dataset: Dataset, params: Params, folder: RunFolder, context: RecipeContext) {
    this.#dataset = dataset;
    this.#params = params;
    this.#folder = folder;
    this.#context = context;
    this.#started = context.clock();
    const plan = this.#plan(dataset.summary, context.known.speeds);
    this.#meter = new RunMeter(folder.id, plan, context.progress, {
      clock: () => context.clock() - this.#started,
      inSeconds: context.known.runs.length > 0,
      onPhase: ({ phase, label }) => folder.log({ event: 'phase', phase, label }),
    });
  }

  async run(): Promise<RunMetrics> {
    try {
      return await this.#run();
    } finally {
      this.#networks?.release();
      for (const predictor of this.#predictors) predictor.dispose();
    }
  }

  async #run(): Promise<RunMetrics> {
    this.#folder.writeJson('dataset.json', this.#dataset.summary);
    this.#meter.enter('prepare');
    const prepared = await prepare(
      this.#dataset,
      this.#params,
      matrixLimit(this.#context.availableMemory()),
      this.#steps(),
    );
    const { genes, landmarks, split, training } = prepared;
    this.#writeSplit(prepared);
    this.#trainCells = split.train.length;
    const kept = { cells: prepared.rows.cells, genes: prepared.rows.genes, landmarks: landmarks.length };
    this.#meter.replan(this.#plan(kept, this.#context.known.speeds));
    this.#refuseWithoutRoom(kept);
    const { engine, environment } = this.#context;
    const memoryLimit = matrixLimit(this.#context.availableMemory());
    this.#networks = new RunNetworks(engine, environment, this.#folder, this.#dataset, prepared, memoryLimit);
    if (this.#params.embeddings) await this.#maps(prepared);

    await this.#add(prepared, 'mean', meanPredictor(training.means), { epochs: 0, seconds: 0 }, Infinity);
    if (landmarks.length >= FEWEST_LANDMARKS) {
      await this.#linear(prepared, 'linear-l1000', landmarks);
      await this.#network(prepared, 'dnn-l1000', landmarks);
    } else {
      this.#skipped.push({
        what: 'linear-l1000 and dnn-l1000',
        why: `only ${landmarks.length} of the 978 L1000 landmarks are among the kept genes, and at least ${FEWEST_LANDMARKS} are needed`,
      });
    }
    const { panel, weights } = await this.#select(prepared);
    const f910 = this.#params.rule === 'paper';
    const { result: linear, model } = await this.#linear(
      prepared,
      f910 ? 'linear-f910' : 'linear-panel',
      panel.genes,
    );
    const beat: StepContext = { signal: this.#context.signal, progress: this.#meter.beat };
    storeGeneErrors(
      this.#folder,
      await geneErrors(model, linear.score, prepared.rows, prepared.test, training, beat),
    );
    const network = await this.#network(prepared, f910 ? 'dnn-f910' : 'dnn-panel', panel.genes);

    const randomPanels = await this.#randomPanels(prepared, linear, panel.genes);

    this.#meter.enter('finish');
    const pairs = await compareModels(
      this.#results,
      linear,
      network,
      prepared.test,
      this.#params.seed,
      this.#steps(),
    );
    const summary = panelSummary(panel, genes);
    const r2 = new Float64Array(genes.name.length).fill(NaN);
    linear.score.targets.forEach((gene, k) => (r2[gene] = linear.score.r2[k]!));
    const chosen = network.stopLoss < linear.stopLoss ? network.id : linear.id;
    const leaks = await this.#audit(prepared, panel.genes);
    const metrics = { ...this.#metrics(prepared, pairs, summary, randomPanels, chosen), leaks };
    this.#folder.writeJson('panel.json', panelGenes(panel, weights, genes, training, r2));
    this.#folder.writeJson('curves.json', this.#curves);
    this.#folder.writeJson('metrics.json', metrics);
    this.#meter.finish();
    const measured = this.#plan(kept, null).map(phase => ({ ...phase, cost: this.#costDone(phase, kept) }));
    writeTimings(this.#folder, this.#context.engine, measured, this.#meter.laps);
    this.#folder.log({ event: 'done', split: split.report, seconds: metrics.seconds });
    return metrics;
  }

  #plan(kept: Kept, speeds: Speeds | null): Phase[] {
    return planRun(sizesOf(kept, this.#params, FEWEST_LANDMARKS), this.#params, { speeds });
  }

  /** Cost of a phase with the epochs that its network really took. */
  #costDone({ phase, cost }: Phase, kept: Kept): number {
    const epochs = this.#epochs.get(phase);
    if (epochs === undefined) return cost;
    const { genes, train, landmarks, panel } = sizesOf(kept, this.#params, FEWEST_LANDMARKS);
    const inputs = phase === 'select' ? genes : phase === 'dnn-l1000' ? landmarks : panel;
    const targets = phase === 'select' ? genes : genes - inputs;
    return networkCost(inputs, this.#params.hidden, targets, train, epochs);
  }

  #steps(): StepContext {
    return { signal: this.#context.signal, progress: this.#meter.step };
  }

  /** Cells of each part, as positions in the data set, so that others can score the same cells. */
  #writeSplit({ split, preprocessed }: Prepared): void {
    const cells = (part: Int32Array): number[] => Array.from(part, row => preprocessed.cells[row]!);
    this.#folder.writeJson('split.json', {
      train: cells(split.train),
      stop: cells(split.stop),
      test: cells(split.test),
    });
  }

  #refuseWithoutRoom(kept: Kept): void {
    const sizes = sizesOf(kept, this.#params, FEWEST_LANDMARKS);
    const refusal =
      memoryRefusal(trainingMemory(kept.genes, this.#params), this.#context.availableMemory()) ??
      diskRefusal(runDisk(sizes, this.#params), this.#context.availableDisk());
    if (refusal !== null) throw refusal;
  }

  async #maps(prepared: Prepared): Promise<void> {
    this.#meter.enter('embedding');
    const { environment } = this.#context;
    const maps = await mapsOfRun(
      this.#folder,
      this.#dataset,
      prepared,
      this.#params,
      environment,
      this.#steps(),
    );
    if ('fromEarlier' in maps && maps.fromEarlier) this.#meter.alreadyDone(1, 1);
    if ('why' in maps) this.#skipped.push({ what: 'maps of the cells', why: maps.why });
    else this.#notes.push(...maps.notes);
  }

  async #linear(
    prepared: Prepared,
    id: ModelId,
    inputs: Int32Array,
  ): Promise<{ readonly result: Result; readonly model: RidgeModel }> {
    this.#meter.enter(id.startsWith('linear-l1000') ? 'linear-l1000' : 'linear-panel');
    const { rows, split } = prepared;
    const model = await fitRidge(
      this.#context.engine,
      rows,
      split,
      { inputs, targets: without(rows.genes, inputs) },
      { signal: this.#context.signal, onShare: share => this.#meter.tick(share, 1) },
    );
    const { ridge, seconds, path, atEdge } = model;
    if (atEdge)
      this.#notes.push(
        `The ridge strength of ${id} lies at the edge of what was tried: its error would still fall beyond.`,
      );
    const best = path.reduce((least, point) => Math.min(least, point.stopMse), Infinity);
    return { model, result: await this.#add(prepared, id, model, { epochs: 0, seconds, ridge }, best) };
  }

  async #randomPanels(
    { rows, split, test }: Prepared,
    linear: Result,
    panel: Int32Array,
  ): Promise<RandomPanels | null> {
    const { randomPanels: count, seed } = this.#params;
    if (count === 0) return null;
    this.#meter.enter('random-panels');
    const cells = comparedCells({ ...split, test: test.cells }, seed);
    if (cells.train.length < split.train.length)
      this.#notes.push(
        `Random panels, and the panel beside them, were fitted on ${grouped(cells.train.length)} of the ${grouped(split.train.length)} training cells and compared on ${grouped(cells.test.length)} of the ${grouped(test.cells.length)} test cells.`,
      );
    const found = await scoreRandomPanels({
      ...{ rows, cells, constant: test.constant, panel, count, seed },
      ...{ model: linear.id, ridge: linear.metrics.ridge! },
      engine: this.#context.engine,
      memoryLimit: matrixLimit(this.#context.availableMemory()),
      signal: this.#context.signal,
      onShare: share => this.#meter.tick(share, 1),
    });
    const missing = count - (found?.panels.length ?? 0);
    if (missing > 0)
      this.#notes.push(
        `${counted(missing, 'random panel')} could not be scored: the equations have no stable solution.`,
      );
    return found;
  }

  async #network(prepared: Prepared, id: ModelId, inputs: Int32Array): Promise<Result> {
    const trained = await this.#train(this.#spec(id, inputs, without(prepared.rows.genes, inputs)));
    const { epochs, stoppedEarly, seconds, curve, predictor } = trained;
    return this.#add(
      prepared,
      id,
      predictor,
      { epochs, stoppedEarly, seconds },
      curve.stop[curve.bestEpoch - 1]!,
    );
  }

  /** Genes that the parameters keep out of the panel, each for what it is or how it is expressed. */
  #avoided({ genes, training }: Prepared): Uint8Array {
    const flags = avoidedFlags(this.#params);
    const avoided = new Uint8Array(genes.name.length);
    if (flags.length === 0) return avoided;
    const reference = loadReference(this.#context.environment.resources);
    for (const [gene, symbol] of genes.symbol.entries()) {
      const level = levelOf(training.means[gene]!, logBaseOf(this.#params), this.#params.targetSum);
      const own = { symbol, entrez: genes.entrez[gene]!, detected: training.detected[gene]!, level };
      if (assayFlags(reference, own).some(flag => flags.includes(flag))) avoided[gene] = 1;
    }
    const count = avoided.reduce((sum, flag) => sum + flag, 0);
    this.#notes.push(
      `${counted(count, 'gene was', 'genes were')} kept out of the panel: ${flags.map(flag => FLAG_WORDS[flag].replace(/:.*/, '')).join(', ')}.`,
    );
    return avoided;
  }

  async #select(prepared: Prepared): Promise<{ panel: Panel; weights: WeightRows }> {
    const all = range(prepared.rows.genes);
    const spec = { ...this.#spec('select', all, all), lambda: this.#params.lambda * prepared.meanLoss };
    const trained = await this.#train(spec);
    const { epochs, stoppedEarly, seconds, converged, predictor } = trained;
    const summary = rowSummary(trained.weights[0]!.kernel, all.length, spec.hidden[0]!);
    const weights = { ...summary, norm: Float32Array.from(summary.norm) };
    const avoided = this.#avoided(prepared);
    const read = readPanel(weights, this.#params, avoided);
    const switchedOff = read.switchedOff.reduce((sum, off) => sum + off, 0);
    const lasso = { lambda: spec.lambda, converged, switchedOff, genes: all.length };
    await this.#add(
      prepared,
      'select',
      predictor,
      { epochs, stoppedEarly, seconds, lasso },
      trained.curve.stop[trained.curve.bestEpoch - 1]!,
    );
    const draws = await this.#draws(prepared, spec, avoided);
    const panel = isSelected(this.#params)
      ? selectedPanel(read, this.#params.rule, await this.#choose(prepared, read, weights, avoided))
      : draws.length > 0
        ? stablePanel(read, weights.norm, draws)
        : read;
    this.#notes.push(...panel.notes);
    return { panel, weights };
  }

  /** Panels of further networks, where the parameters ask for them. */
  async #draws({ split }: Prepared, spec: NetworkSpec, avoided: Uint8Array): Promise<Int32Array[]> {
    const count = drawsOf(this.#params);
    if (count === 0) return [];
    this.#meter.enter('stability');
    return selectionDraws(this.#folder, this.#networks!, spec, split.train, avoided, this.#params, count, {
      signal: this.#context.signal,
      onDone: done => this.#meter.tick(done, count),
      onBusy: this.#meter.beat,
    });
  }

  /** Genes chosen by a search of their own. */
  async #choose(
    prepared: Prepared,
    read: Panel,
    weights: WeightRows,
    avoided: Uint8Array,
  ): Promise<{ readonly genes: readonly number[]; readonly reasons?: readonly string[] }> {
    this.#meter.enter('choose');
    const { engine, signal, availableMemory } = this.#context;
    const { rule, typeShare, seed } = this.#params;
    const { type } = labelsOf(this.#dataset);
    const types = type && takeLabels(type, prepared.preprocessed.cells);
    const chosen = await chooseBySelector(
      { engine, prepared, types, norms: weights.norm, avoided, seed, typeShare, signal },
      rule as SelectorId,
      read.genes.length,
      SELECTION_MEMORY * availableMemory(),
      share => this.#meter.tick(share, 1),
    );
    this.#notes.push(...chosen.notes);
    return chosen;
  }

  async #train(spec: NetworkSpec & { readonly id: ModelId }) {
    const phase = spec.id === 'select' || spec.id === 'dnn-l1000' ? spec.id : 'dnn-panel';
    this.#meter.enter(phase);
    let last: RunProgress['curve'];
    const trained = await this.#networks!.get(spec, {
      signal: this.#context.signal,
      onEpoch: ({ epoch, train, stop, secondsPerEpoch }) => {
        last = { model: spec.id, epoch, of: spec.epochs, train, stop };
        this.#folder.log({ event: 'epoch', model: spec.id, epoch, train, stop, seconds: secondsPerEpoch });
        this.#meter.tick(epoch, spec.epochs, last);
      },
      onStep: (done, of) => this.#meter.tick(done, of, last),
      onBusy: this.#meter.beat,
      onBegun: (done, of) => this.#meter.alreadyDone(done, of),
    });
    if (trained.fromEarlier) this.#meter.alreadyDone(1, 1);
    this.#epochs.set(phase, trained.epochs);
    this.#curves.push({ model: spec.id, ...trained.curve });
    return trained;
  }

  #spec(id: ModelId, inputs: Int32Array, targets: Int32Array): NetworkSpec & { readonly id: ModelId } {
    const { hidden, dropout, batch, learningRate, patience, seed } = this.#params;
    const epochs = scheduledEpochs(this.#params, this.#trainCells);
    const common = { hidden, dropout, batch, learningRate, epochs, patience, seed };
    return { id, inputs, targets, ...common, weighted: id === 'select', lambda: 0 };
  }

  async #add(
    { rows, test }: Prepared,
    id: ModelId,
    predictor: Predictor,
    made: Omit<ModelMetrics, keyof Awaited<ReturnType<typeof scoreModel>>['metrics'] | 'id'>,
    stopLoss: number,
  ): Promise<Result> {
    this.#predictors.push(predictor);
    const context: StepContext = { signal: this.#context.signal, progress: this.#meter.beat };
    const score = await scoreModel(predictor, rows, test, context);
    const result = { id, score, stopLoss, metrics: { id, ...score.metrics, ...made } };
    this.#results.push(result);
    return result;
  }

  async #audit({ rows, genes, split, preprocessed }: Prepared, panel: Int32Array): Promise<LeakCheck[]> {
    const { type, experiment } = labelsOf(this.#dataset);
    const models = this.#predictors.flatMap(({ inputs, targets }, k) => {
      const { id } = this.#results[k]!;
      return id === 'select' ? [] : [{ id, inputs, targets }];
    });
    const context: StepContext = { signal: this.#context.signal, progress: this.#meter.beat };
    const facts = { rows, genes, split, models, panel, seed: this.#params.seed };
    return auditLeaks(
      {
        ...facts,
        copies: split.report.duplicatedCells,
        types: type && takeLabels(type, preprocessed.cells),
        experiments: experiment && takeLabels(experiment, preprocessed.cells),
      },
      context,
    );
  }

  #metrics(
    prepared: Prepared,
    pairs: PairMetrics[],
    panel: PanelSummary,
    randomPanels: RandomPanels | null,
    chosen: ModelId,
  ): RunMetrics {
    const { id, name, checksum, simulated, sources } = this.#dataset.summary;
    const models = this.#results.map(r => r.metrics);
    const report = prepared.preprocessed.report;
    return {
      schema: 1,
      dataset: { id, name, cells: report.cellsIn, genes: report.genesIn, checksum, simulated, sources },
      preprocess: report,
      split: prepared.split.report,
      logBase: logBaseOf(this.#params),
      models,
      pairs,
      panel,
      ...(randomPanels && { randomPanels }),
      skipped: this.#skipped,
      notes: [...this.#notes, ...(this.#networks?.notes ?? [])],
      verdict: verdict({ models, pairs, panel, randomPanels, chosen }),
      engine: { name: this.#context.engine.info.name, version: this.#context.engine.info.version },
      app: { version: this.#context.environment.appVersion },
      params: { ...this.#params },
      seconds: this.#context.secondsBefore + this.#meter.seconds,
    };
  }
}

/** All columns but the given ones, ascending. */
function without(genes: number, inputs: Int32Array): Int32Array {
  const measured = new Set(inputs);
  return range(genes).filter(gene => !measured.has(gene));
}
