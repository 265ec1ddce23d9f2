/** Scores one panel at a time on the stop and the test cells: by a linear model, by neighbours and by cell types. */
import { createRandom } from '../../core/random.ts';
import type { LabelColumn } from '../../shared/model.ts';
import type { CellRows } from '../counts/rows.ts';
import { columnMeans } from '../models/centred.ts';
import { crossProducts, type CrossProducts } from '../models/cross-products.ts';
import { fitPanelRidge, type PanelRidgeModel, type PartProducts } from '../models/panel-ridge.ts';
import { range, sampleOf } from '../steps/cells.ts';
import { quiet } from '../steps/context.ts';
import { scoreModel, type ModelScore } from '../steps/metrics.ts';
import type { Predictor } from '../steps/predictor.ts';
import type { TestSet } from '../steps/test-set.ts';
import { grouped } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { errorsOfGenes } from './figures.ts';
import { NeighbourOverlap } from './neighbours.ts';
import { placesOf, type Places } from './places.ts';
import { TypeTest } from './type-accuracy.ts';

export type Part = 'stop' | 'test';
export const PARTS: readonly Part[] = ['stop', 'test'];
export type PartCells = Readonly<Record<'train' | Part, Int32Array>>;

/** Squared errors of a panel's linear model, per gene; NaN for genes of the panel. */
export interface Fitted {
  readonly stop: Float64Array;
  readonly test: Float64Array;
  /** Added to the diagonal of X'X, and over the mean of that diagonal. */
  readonly ridge: number;
  readonly strength: number;
}

/** What neighbours and types say of a panel. */
export interface Looks {
  readonly knn: number | null;
  readonly accuracy: number | null;
  readonly confusion: readonly (readonly number[])[] | null;
}

/** Cells between which neighbours are looked for. */
const MOST_NEIGHBOUR_CELLS = 4000;
/** Stop cells that are enough to look for neighbours among where a panel is named. */
const ENOUGH_STOP_CELLS = 500;
/** Largest share of the training cells that join them where they are fewer. */
const MOST_JOINING = 1 / 3;
/** Which training cells join them is no choice of the run. */
const NAMING_SEED = 1;

export class PanelScorer {
  readonly cells: PartCells;
  readonly means: Float64Array;
  readonly products: PartProducts;
  readonly notes: string[] = [];
  /** Test cells between which neighbours are looked for, by all genes; null where they are too few. */
  all: Places | null = null;
  readonly #engine: TensorEngine;
  readonly #rows: CellRows;
  readonly #test: TestSet;
  readonly #near: Record<Part, { cells: Int32Array; overlap: NeighbourOverlap } | null> = {
    stop: null,
    test: null,
  };
  #types: TypeTest | null = null;

  private constructor(
    engine: TensorEngine,
    rows: CellRows,
    test: TestSet,
    cells: PartCells,
    means: Float64Array,
    products: PartProducts,
  ) {
    this.#engine = engine;
    this.#rows = rows;
    this.#test = test;
    this.cells = cells;
    this.means = means;
    this.products = products;
  }

  /** @param types of all kept cells. @throws AppError CANCELLED */
  static async create(
    engine: TensorEngine,
    rows: CellRows,
    test: TestSet,
    cells: PartCells,
    types: LabelColumn | null,
    { signal, onShare }: { readonly signal: AbortSignal; onShare(share: number): void },
  ): Promise<PanelScorer> {
    const genes = range(rows.genes);
    const means = await columnMeans(rows, cells.train, genes, signal);
    const of = (part: Int32Array): Promise<CrossProducts> =>
      crossProducts(engine, rows, part, genes, means, { signal, onShare });
    const products = { train: await of(cells.train), stop: await of(cells.stop), test: await of(cells.test) };
    const scorer = new PanelScorer(engine, rows, test, cells, means, products);
    await scorer.#look(types, signal);
    return scorer;
  }

  async #look(types: LabelColumn | null, signal: AbortSignal): Promise<void> {
    const genes = range(this.#rows.genes);
    const near = async (part: Part, cells: Int32Array): Promise<void> => {
      const places = await placesOf(this.#engine, this.#rows, cells, genes, signal);
      const overlap = await NeighbourOverlap.create(this.#engine, places, signal);
      this.#near[part] = overlap && { cells, overlap };
      if (part === 'test' && overlap !== null) this.all = places;
    };
    await near('test', this.cells.test.slice(0, MOST_NEIGHBOUR_CELLS));
    await near('stop', this.#namingCells());
    if (this.all === null) this.notes.push('Too few test cells for neighbours.');
    if (this.cells.test.length > MOST_NEIGHBOUR_CELLS)
      this.notes.push(
        `Neighbours and clusters were looked for among the first ${grouped(MOST_NEIGHBOUR_CELLS)} test cells.`,
      );
    this.#types = types && TypeTest.create(this.#engine, this.#rows, types, this.cells);
    if (this.#types === null)
      this.notes.push('The accuracy of cell types needs two labelled types of 20 cells.');
  }

  /**
   * Training cells that join the stop cells where neighbours are looked for to name a panel: neighbours among fewer cells
   * are another figure, so few stop cells are joined by others until they are as many as the test cells, or enough. A panel whose
   * neighbours are looked for there has to be chosen without them.
   */
  get joining(): Int32Array {
    const { train, stop, test } = this.cells;
    const wanted = Math.min(test.length, ENOUGH_STOP_CELLS) - stop.length;
    const count = Math.min(wanted, Math.floor(MOST_JOINING * train.length));
    return count > 0 ? sampleOf(train, count, createRandom(NAMING_SEED, 'naming')) : new Int32Array();
  }

  #namingCells(): Int32Array {
    return Int32Array.from([...this.cells.stop, ...this.joining])
      .sort()
      .slice(0, MOST_NEIGHBOUR_CELLS);
  }

  /** Types that the accuracy is about. */
  get types(): readonly string[] {
    return this.#types?.types ?? [];
  }

  /** Overlap of neighbours drawn at random. */
  get chance(): number {
    return this.#near.test?.overlap.chance ?? 0;
  }

  /** @param genes ascending; @returns null where the equations have no stable solution */
  async fit(genes: Int32Array, signal: AbortSignal): Promise<Fitted | null> {
    const model = await fitPanelRidge(this.#engine, this.products, genes, 1, signal);
    if (model === null) return null;
    try {
      return this.#fitted(model);
    } finally {
      model.dispose();
    }
  }

  /** The same with a score that looks at every test cell, which takes longer. */
  async fitAndScore(
    genes: Int32Array,
    signal: AbortSignal,
  ): Promise<{ readonly fitted: Fitted; readonly score: ModelScore } | null> {
    const model = await fitPanelRidge(this.#engine, this.products, genes, 1, signal);
    if (model === null) return null;
    try {
      const predictor = model.predictor(this.means);
      try {
        return { fitted: this.#fitted(model), score: await this.score(predictor, signal) };
      } finally {
        predictor.dispose();
      }
    } finally {
      model.dispose();
    }
  }

  #fitted(model: PanelRidgeModel): Fitted {
    const { stop, test } = this.products;
    const { ridge, strength } = model;
    return { ridge, strength, stop: errorsOfGenes(model, stop), test: errorsOfGenes(model, test) };
  }

  /** On every test cell. */
  score(predictor: Predictor, signal: AbortSignal): Promise<ModelScore> {
    return scoreModel(predictor, this.#rows, this.#test, quiet(signal));
  }

  /**
   * @param genes ascending
   * @param anew the panel as it is chosen without the cells that join the stop cells; `genes` where nothing was chosen
   * @returns with the places of the test cells by the genes
   */
  async look(
    genes: Int32Array,
    anew: Int32Array,
    signal: AbortSignal,
  ): Promise<Record<Part, Looks> & { readonly places: Places | null }> {
    const types = (await this.#types?.of(genes, signal)) ?? null;
    let places: Places | null = null;
    const of = async (part: Part): Promise<Looks> => {
      const near = this.#near[part];
      const own = part === 'stop' ? anew : genes;
      places = near && (await placesOf(this.#engine, this.#rows, near.cells, own, signal));
      return {
        knn: near && (await near.overlap.of(places!, signal)),
        accuracy: types?.[part].accuracy ?? null,
        confusion: types?.[part].confusion ?? null,
      };
    };
    return { stop: await of('stop'), test: await of('test'), places };
  }

  /** Absolute correlations of the genes over the training cells: their mean, and the share whose largest is below .8. */
  correlations(genes: Int32Array): { readonly mean: number; readonly distinct: number } {
    const { train } = this.products;
    const { squares } = train;
    const size = genes.length;
    let sum = 0;
    let distinct = 0;
    for (const one of genes) {
      const row = train.row(one);
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
}
