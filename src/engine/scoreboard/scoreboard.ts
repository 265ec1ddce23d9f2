/**
 * Panels of several sizes, whatever made them, scored the same way on held-out cells (docs/metrics.md): by a linear model on
 * the genes in neither of two panels, by the neighbours that they keep and by the cell types that they tell apart, between
 * random panels of their size and, where it can be had, a ceiling. What is named best is named on the stop cells; the test
 * cells are read for the figures alone.
 */
import { quantile } from '../../core/quantiles.ts';
import { AppError } from '../../shared/errors.ts';
import {
  CONTROLS,
  type Band,
  type Board,
  type BoardPair,
  type BoardPanel,
  type PanelFigures,
  type PanelId,
  type Scoreboard,
  type SelectorId,
} from '../../shared/scoreboard.ts';
import type { LabelColumn } from '../../shared/model.ts';
import { columnMeans } from '../models/centred.ts';
import { crossProducts, type CrossProducts } from '../models/cross-products.ts';
import { fitPanelRidge, type PartProducts } from '../models/panel-ridge.ts';
import type { Prepared } from '../recipe/prepare.ts';
import { range } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { scoreModel, type ModelScore } from '../steps/metrics.ts';
import { comparePair } from '../steps/pairs.ts';
import { comparedCells, drawPanel } from '../steps/random-panels.ts';
import { counted, grouped } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { ceilingOf } from './ceiling.ts';
import { allEv, errorsOfGenes, lead, ownEv } from './figures.ts';
import { NeighbourOverlap } from './neighbours.ts';
import { refuseWithoutMemory } from './choose.ts';
import { choosePanels, type ChosenPanel } from './panels.ts';
import { TypeTest } from './type-accuracy.ts';
import { boardVerdict } from './verdict.ts';

export interface ScoreboardInput {
  readonly run: string;
  readonly seed: number;
  readonly engine: TensorEngine;
  readonly prepared: Prepared;
  /** Of all kept cells. */
  readonly types: LabelColumn | null;
  readonly norms: ArrayLike<number>;
  readonly panel: readonly number[];
  readonly sizes: readonly number[];
  readonly selectors: readonly SelectorId[];
  readonly random: number;
  readonly typeShare: number;
  readonly swaps: number;
  readonly mustHave: readonly number[];
  readonly banned: Uint8Array;
  readonly weights: Float32Array | null;
  /** Bytes that the products of all genes may take. */
  readonly memoryLimit: number;
}

/** Random panels whose neighbours and types are looked at: their spread is small, and the look is dear. */
const RANDOM_LOOKED_AT = 9;
/** Cells between which neighbours are looked for. */
const MOST_NEIGHBOUR_CELLS = 4000;

/** @throws AppError NOT_POSSIBLE where no size fits or the products of genes do not, CANCELLED */
export async function makeScoreboard(input: ScoreboardInput, context: StepContext): Promise<Scoreboard> {
  return new ScoreboardWork(input, context).run();
}

/** A panel with what is needed to compare it with others. */
interface Fitted {
  readonly genes: Int32Array;
  readonly stop: Float64Array;
  readonly test: Float64Array;
  readonly ridge: number;
  readonly strength: number;
}

interface RandomFitted extends Fitted {
  readonly looks: { readonly stop: Looks; readonly test: Looks } | null;
}

interface Looks {
  readonly knn: number | null;
  readonly accuracy: number | null;
  readonly confusion: readonly (readonly number[])[] | null;
}

type Part = 'stop' | 'test';
const PARTS: readonly Part[] = ['stop', 'test'];

class ScoreboardWork {
  readonly #input: ScoreboardInput;
  readonly #context: StepContext;
  readonly #notes: string[] = [];
  #products!: PartProducts;
  #means!: Float64Array;
  #neighbours: Record<Part, NeighbourOverlap | null> = { stop: null, test: null };
  #types: TypeTest | null = null;

  constructor(input: ScoreboardInput, context: StepContext) {
    this.#input = input;
    this.#context = context;
  }

  async run(): Promise<Scoreboard> {
    const started = performance.now();
    const { prepared, seed, engine, run } = this.#input;
    const { rows, split, test } = prepared;
    const sizes = this.#sizes();
    refuseWithoutMemory(rows.genes, this.#input.memoryLimit);
    const cells = comparedCells({ ...split, test: test.cells }, seed);
    await this.#prepare(cells);
    const { panels, selectionRidge, notes } = await choosePanels({
      ...{
        ...this.#input,
        controls: true,
        rows,
        sizes,
        genes: prepared.genes,
        landmarks: prepared.landmarks,
      },
      ...{ train: cells.train, means: this.#means, products: this.#products, signal: this.#context.signal },
      onShare: (share, label) => this.#tell(share, label),
    });
    const ceiling = await ceilingOf(engine, this.#products, cells, this.#context.signal);
    const boards: Board[] = [];
    const all = [...new Set(panels.map(({ size }) => size))].sort((a, b) => a - b);
    for (const [k, size] of all.entries()) {
      const own = panels.filter(panel => panel.size === size);
      boards.push(
        await this.#board(size, own, share =>
          this.#tell((k + share) / all.length, `Scoring panels of ${grouped(size)} genes`),
        ),
      );
    }
    const { test: neighbours } = this.#neighbours;
    return {
      ...{ schema: 1, run, seed, genes: rows.genes, selectionRidge, typeShare: this.#input.typeShare },
      cells: { train: cells.train.length, stop: cells.stop.length, test: cells.test.length },
      neighbours: neighbours && { cells: neighbours.cells.length, chance: neighbours.chance },
      types: this.#types?.types ?? [],
      boards,
      ceiling,
      notes: [...this.#notes, ...notes],
      seconds: (performance.now() - started) / 1000,
    };
  }

  #tell(share: number, label: string): void {
    this.#context.progress({ phase: 'scoreboard', label, done: Math.round(1000 * share), of: 1000 });
  }

  #sizes(): number[] {
    const most = Math.floor(this.#input.prepared.rows.genes / 2);
    // At the size of the run's own panel as well, so that it stands beside all others.
    const own = this.#input.panel.length;
    const asked = [...new Set([...this.#input.sizes, ...(own > 1 ? [own] : [])])].sort((a, b) => a - b);
    const sizes = asked.filter(size => size <= most);
    if (!this.#input.sizes.some(size => size <= most)) {
      const why = `the run has ${grouped(most * 2)} genes, and half of them at least have to be left to predict`;
      throw new AppError(
        'NOT_POSSIBLE',
        `No panel can be made: ${why}. Ask for fewer genes than ${grouped(most)}.`,
        {
          what: 'scoreboard',
          why,
        },
      );
    }
    if (sizes.length < asked.length)
      this.#notes.push(
        `Panels of ${asked
          .filter(size => size > most)
          .map(grouped)
          .join(
            ', ',
          )} genes were left out: most of the ${grouped(this.#input.prepared.rows.genes)} genes have to be left to predict.`,
      );
    return sizes;
  }

  async #prepare(cells: Record<'train' | Part, Int32Array>): Promise<void> {
    const { prepared, engine, types } = this.#input;
    const { rows, split } = prepared;
    const { signal } = this.#context;
    if (cells.train.length < split.train.length)
      this.#notes.push(
        `Panels were chosen and fitted on ${grouped(cells.train.length)} of the ${grouped(split.train.length)} training cells.`,
      );
    this.#means = await columnMeans(rows, cells.train, range(rows.genes), signal);
    const of = (part: Int32Array): Promise<CrossProducts> =>
      crossProducts(engine, rows, part, range(rows.genes), this.#means, {
        signal,
        onShare: share => this.#tell(share, 'Relating all genes'),
      });
    this.#products = { train: await of(cells.train), stop: await of(cells.stop), test: await of(cells.test) };
    for (const part of PARTS) {
      const some = cells[part].slice(0, MOST_NEIGHBOUR_CELLS);
      this.#neighbours[part] = await NeighbourOverlap.create(engine, rows, some, signal);
    }
    this.#types = types && TypeTest.create(engine, rows, types, cells);
    if (this.#neighbours.test === null) this.#notes.push('Too few test cells for neighbours.');
    if (cells.test.length > MOST_NEIGHBOUR_CELLS)
      this.#notes.push(
        `Neighbours were looked for among the first ${grouped(MOST_NEIGHBOUR_CELLS)} test cells.`,
      );
    if (this.#types === null)
      this.#notes.push('The accuracy of cell types needs two labelled types of 20 cells.');
  }

  async #fit(genes: Int32Array): Promise<(Fitted & { score: () => Promise<ModelScore> }) | null> {
    const { engine, prepared } = this.#input;
    const model = await fitPanelRidge(engine, this.#products, genes, 1, this.#context.signal);
    if (model === null) return null;
    const { stop, test } = this.#products;
    const fitted = { genes, stop: errorsOfGenes(model, stop), test: errorsOfGenes(model, test) };
    model.dispose();
    return {
      ...fitted,
      ridge: model.ridge,
      strength: model.strength,
      score: async () => {
        const predictor = model.predictor(this.#means);
        try {
          const quiet = { signal: this.#context.signal, progress: () => {} };
          return await scoreModel(predictor, prepared.rows, prepared.test, quiet);
        } finally {
          predictor.dispose();
        }
      },
    };
  }

  async #look(genes: Int32Array): Promise<Record<Part, Looks>> {
    const { signal } = this.#context;
    const types = (await this.#types?.of(genes, signal)) ?? null;
    const of = async (part: Part): Promise<Looks> => ({
      knn: (await this.#neighbours[part]?.of(genes, signal)) ?? null,
      accuracy: types?.[part].accuracy ?? null,
      confusion: types?.[part].confusion ?? null,
    });
    return { stop: await of('stop'), test: await of('test') };
  }

  async #randomPanels(size: number, onShare: (share: number) => void): Promise<RandomFitted[]> {
    const { random, seed, prepared } = this.#input;
    const found: RandomFitted[] = [];
    for (let k = 0; k < random; k++) {
      const genes = drawPanel(prepared.rows.genes, size, seed, k);
      const fitted = await this.#fit(genes);
      if (fitted === null) continue;
      const { stop, test, ridge, strength } = fitted;
      const looks = k < RANDOM_LOOKED_AT ? await this.#look(genes) : null;
      found.push({ genes, stop, test, ridge, strength, looks });
      onShare((k + 1) / random);
    }
    return found;
  }

  async #board(
    size: number,
    chosen: readonly ChosenPanel[],
    onShare: (share: number) => void,
  ): Promise<Board> {
    const random = await this.#randomPanels(size, share => onShare(0.5 * share));
    const draws: { panel: BoardPanel; score: ModelScore }[] = [];
    for (const [k, panel] of chosen.entries()) {
      const scored = await this.#panel(panel, random);
      if (scored === null) {
        this.#notes.push(
          `The ${panel.id} panel of ${counted(panel.genes.length, 'gene')} could not be scored: its equations have no stable solution.`,
        );
      } else draws.push(scored);
      onShare(0.5 + (0.5 * (k + 1)) / chosen.length);
    }
    const panels = averaged(draws.map(({ panel }) => panel));
    const band = (values: (number | null | undefined)[]): Band | null => bandOf(values);
    const variance = this.#products.test.squares;
    const looks = random.flatMap(({ looks: own }) => (own ? [own.test] : []));
    const randomBands = {
      ev: band(random.map(({ test }) => ownEv(test, variance)))!,
      evAllGenes: band(random.map(({ test }) => allEv(test, variance)))!,
      knn: band(looks.map(({ knn }) => knn)),
      accuracy: band(looks.map(({ accuracy }) => accuracy)),
    };
    const best = this.#name(panels, random);
    const named = draws.find(({ panel }) => panel.id === best.overall)!;
    const pairs: BoardPair[] = [];
    const { prepared, seed } = this.#input;
    const quiet = { signal: this.#context.signal, progress: () => {} };
    for (const id of new Set(panels.map(panel => panel.id))) {
      if (id === best.overall || !(id in CONTROLS || id === 'run')) continue;
      const other = draws.find(({ panel }) => panel.id === id)!;
      const pair = await comparePair(
        { id, score: other.score },
        { id: best.overall, score: named.score },
        prepared.test,
        seed,
        quiet,
      );
      if (pair) {
        const { targets, difference, low, high } = pair;
        pairs.push({ against: id, targets, difference, low, high });
      }
    }
    const board = { size, best, random: randomBands, panels, pairs };
    return { ...board, verdict: boardVerdict(board) };
  }

  async #panel(
    chosen: ChosenPanel,
    random: readonly RandomFitted[],
  ): Promise<{ panel: BoardPanel; score: ModelScore } | null> {
    const genes = Int32Array.from(chosen.genes).sort();
    const fitted = await this.#fit(genes);
    if (fitted === null) return null;
    const score = await fitted.score();
    const { prepared } = this.#input;
    const looks = await this.#look(genes);
    const figures = (part: Part): { leads: number[]; found: PanelFigures } => {
      const variance = this.#products[part].squares;
      const leads = random.map(other => lead(fitted[part], other[part], variance));
      const mean = leads.reduce((sum, value) => sum + value, 0) / Math.max(1, leads.length);
      const { knn, accuracy } = looks[part];
      return { leads, found: { lead: mean, evAllGenes: allEv(fitted[part], variance), knn, accuracy } };
    };
    const { leads, found } = figures('test');
    const sorted = Float64Array.from(leads).sort();
    const asGood = leads.filter(value => value <= 0).length;
    const { metrics } = score;
    const worst = metrics.perType.find(({ type }) => type === metrics.worstType);
    const { mean, distinct } = this.#correlations(genes);
    return {
      score,
      panel: {
        id: chosen.id,
        kind: chosen.id === 'run' ? 'run' : chosen.id in CONTROLS ? 'control' : 'selector',
        size: genes.length,
        genes: chosen.genes.map(gene => prepared.genes.name[gene]!),
        symbols: chosen.genes.map(gene => prepared.genes.symbol[gene]!),
        ...(chosen.reasons ? { reasons: chosen.reasons } : {}),
        stop: figures('stop').found,
        test: {
          ...found,
          confusion: looks.test.confusion,
          leadLow: quantile(sorted, 0.025),
          leadHigh: quantile(sorted, 0.975),
          asGood,
          p: (asGood + 1) / (leads.length + 1),
          ev: metrics.ev,
          medianGeneR2: metrics.medianGeneR2,
          cellDelta: metrics.cellDelta.median,
          worstType: worst && worst.ev !== null ? { type: worst.type, ev: worst.ev } : null,
        },
        diversity: 1 - mean,
        distinct,
        ridge: fitted.ridge,
        strength: fitted.strength,
      },
    };
  }

  /** Absolute correlations of the panel genes over the training cells: their mean, and the share whose largest is below .8. */
  #correlations(genes: Int32Array): { mean: number; distinct: number } {
    const { squares } = this.#products.train;
    const size = genes.length;
    let sum = 0;
    let distinct = 0;
    for (const one of genes) {
      const row = this.#products.train.row(one);
      let largest = 0;
      for (const other of genes) {
        if (other === one) continue;
        const scale = Math.sqrt(squares[one]! * squares[other]!);
        const correlation = scale > 0 ? Math.abs(row[other]!) / scale : 0;
        sum += correlation;
        if (correlation > largest) largest = correlation;
      }
      if (largest < 0.8) distinct++;
    }
    return { mean: size > 1 ? sum / (size * (size - 1)) : 0, distinct: distinct / size };
  }

  /**
   * Names the best selector by the stop cells: by each figure, and over all by the share of the way from random panels to the
   * best one that its weakest figure has gone.
   */
  #name(panels: readonly BoardPanel[], random: readonly RandomFitted[]): Board['best'] {
    const candidates = panels.filter(({ kind }) => kind === 'selector');
    const field = candidates.length > 0 ? candidates : panels;
    const looks = random.flatMap(({ looks: own }) => (own ? [own.stop] : []));
    const floors = {
      lead: 0,
      knn: bandOf(looks.map(({ knn }) => knn))?.mean ?? 0,
      accuracy: bandOf(looks.map(({ accuracy }) => accuracy))?.mean ?? 0,
    };
    const keys = ['lead', 'knn', 'accuracy'] as const;
    const bestBy = (value: (panel: BoardPanel) => number | null): PanelId | null => {
      let found: { id: PanelId; value: number } | null = null;
      for (const panel of field) {
        const own = value(panel);
        if (own !== null && (found === null || own > found.value)) found = { id: panel.id, value: own };
      }
      return found?.id ?? null;
    };
    const tops = Object.fromEntries(
      keys.map(key => [key, Math.max(...field.map(panel => panel.stop[key] ?? -Infinity))]),
    ) as Record<(typeof keys)[number], number>;
    // By its weakest figure: a panel that is best for types and keeps no neighbours is no good all-round one.
    const overall = (panel: BoardPanel): number => {
      const shares = keys.flatMap(key => {
        const own = panel.stop[key];
        const way = tops[key] - floors[key];
        return own === null || !(way > 0) ? [] : [(own - floors[key]) / way];
      });
      return shares.length === 0 ? panel.stop.lead : Math.min(...shares);
    };
    return {
      overall: bestBy(overall)!,
      lead: bestBy(panel => panel.stop.lead)!,
      knn: bestBy(panel => panel.stop.knn),
      accuracy: bestBy(panel => panel.stop.accuracy),
    };
  }
}

/** Draws of one control, as one panel with the mean of their figures and the genes of the first. */
function averaged(panels: readonly BoardPanel[]): BoardPanel[] {
  return [...Map.groupBy(panels, ({ id }) => id).values()].map(draws => {
    if (draws.length === 1) return draws[0]!;
    const mean = (of: (panel: BoardPanel) => number | null): number | null => {
      const values = draws.map(of);
      return values.includes(null)
        ? null
        : values.reduce<number>((sum, value) => sum + value!, 0) / draws.length;
    };
    const figures = (part: Part): PanelFigures => ({
      lead: mean(panel => panel[part].lead)!,
      evAllGenes: mean(panel => panel[part].evAllGenes),
      knn: mean(panel => panel[part].knn),
      accuracy: mean(panel => panel[part].accuracy),
    });
    const [one] = draws as [BoardPanel];
    return {
      ...one,
      stop: figures('stop'),
      test: {
        ...one.test,
        ...figures('test'),
        leadLow: mean(panel => panel.test.leadLow)!,
        leadHigh: mean(panel => panel.test.leadHigh)!,
        p: mean(panel => panel.test.p)!,
        asGood: Math.round(mean(panel => panel.test.asGood)!),
        ev: mean(panel => panel.test.ev),
        medianGeneR2: mean(panel => panel.test.medianGeneR2),
        cellDelta: mean(panel => panel.test.cellDelta),
      },
    };
  });
}

function bandOf(values: readonly (number | null | undefined)[]): Band | null {
  const known = Float64Array.from(values.filter(value => value != null)).sort();
  if (known.length === 0) return null;
  return {
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    low: quantile(known, 0.025),
    high: quantile(known, 0.975),
    count: known.length,
  };
}
