/**
 * Panels of several sizes, whatever made them, scored the same way on held-out cells (docs/metrics.md): by a linear model on
 * the genes in neither of two panels, by the neighbours and clusters that they keep and by the cell types that they tell
 * apart, between random panels of their size and, where it can be had, a ceiling. What is named best is named on the stop
 * cells; the test cells are read for the figures alone.
 */
import { quantile } from '../../core/quantiles.ts';
import { AppError } from '../../shared/errors.ts';
import {
  CONTROLS,
  type Board,
  type BoardNetwork,
  type BoardPair,
  type BoardPanel,
  type ClusterSimilarity,
  type HalvesScore,
  type PanelFigures,
  type Scoreboard,
  type ScoreboardRequest,
  type SelectorId,
} from '../../shared/scoreboard.ts';
import type { LabelColumn } from '../../shared/model.ts';
import type { CellRows } from '../counts/rows.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { Prepared } from '../recipe/prepare.ts';
import { quiet, type StepContext } from '../steps/context.ts';
import type { ModelScore } from '../steps/metrics.ts';
import { comparePair } from '../steps/pairs.ts';
import type { Predictor } from '../steps/predictor.ts';
import { comparedCells, drawPanel } from '../steps/random-panels.ts';
import { counted, grouped } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { ceilingOf } from './ceiling.ts';
import { refuseWithoutMemory } from './choose.ts';
import { clusterSimilarities } from './cluster-similarity.ts';
import { chooseOn, drawsOf } from './draws.ts';
import { allEv, lead, leadWithError, ownEv } from './figures.ts';
import { scoreHalves, type HalvedPanel } from './halves.ts';
import { averaged, bandOf, nameBest, weakness, type Floors } from './naming.ts';
import { choosePanels, type ChosenPanel, type PanelsInput, type SelectionWishes } from './panels.ts';
import type { Places } from './places.ts';
import { PanelScorer, type Fitted, type Looks, type Part } from './scorer.ts';
import { boardVerdict } from './verdict.ts';

/** A network trained on the genes of a panel, ascending, for all others. */
export type TrainPanelNetwork = (
  genes: Int32Array,
  context: { readonly signal: AbortSignal; onShare(share: number): void },
) => Promise<{ readonly predictor: Predictor; readonly epochs: number }>;

export interface ScoreboardInput
  extends SelectionWishes, Pick<ScoreboardRequest, 'run' | 'random' | 'draws'> {
  readonly seed: number;
  readonly engine: TensorEngine;
  readonly environment: EngineEnvironment;
  readonly prepared: Prepared;
  /** Of all kept cells. */
  readonly types: LabelColumn | null;
  /** All cells of the data set, for the ceiling from halves of their counts; null where there are none. */
  readonly counts: CellRows | null;
  readonly norms: ArrayLike<number>;
  readonly panel: readonly number[];
  /** Null where no networks are wanted. */
  readonly network: TrainPanelNetwork | null;
  /** Bytes that the products of all genes may take. */
  readonly memoryLimit: number;
}

/** Random panels whose neighbours and types are looked at: their spread is small, and the look is dear. */
const RANDOM_LOOKED_AT = 9;
/** Random panels whose clusters are looked at. */
const RANDOM_CLUSTERED = 3;
/** Random panels of each size on halves of the counts. */
const RANDOM_HALVED = 3;

/** @throws AppError NOT_POSSIBLE where no size fits or the products of genes do not, CANCELLED */
export async function makeScoreboard(input: ScoreboardInput, context: StepContext): Promise<Scoreboard> {
  return new ScoreboardWork(input, context).run();
}

interface RandomPanel extends Fitted {
  readonly looks: (Record<Part, Looks> & { readonly places: Places | null }) | null;
}

/** A panel with what only its own page of the scoreboard needs. */
interface Scored {
  readonly panel: BoardPanel;
  readonly genes: Int32Array;
  readonly fitted: Fitted;
  readonly score: ModelScore;
  readonly places: Places | null;
  /** Where the selector has made several panels of the size, of which one is shown. */
  readonly leading: number | null;
}

/** A size with all its panels scored, before anything is said of them. */
interface Scoring {
  readonly size: number;
  /** Several draws of one control follow each other. */
  readonly scored: readonly Scored[];
  readonly random: readonly RandomPanel[];
}

/** The same with what is said of it, before anything is chosen anew. */
interface Judged extends Scoring {
  readonly board: Omit<Board, 'draws' | 'verdict'>;
}

class ScoreboardWork {
  readonly #input: ScoreboardInput;
  readonly #context: StepContext;
  readonly #notes: string[] = [];
  #scorer!: PanelScorer;
  /** Panels as they are chosen without the cells that join the stop cells, by selector and size. */
  #anew = new Map<string, Int32Array>();

  constructor(input: ScoreboardInput, context: StepContext) {
    this.#input = input;
    this.#context = context;
  }

  async run(): Promise<Scoreboard> {
    const started = performance.now();
    const { prepared, seed, engine, run, types, typeShare } = this.#input;
    const { signal } = this.#context;
    const { rows, split, test, genes, landmarks } = prepared;
    const sizes = this.#sizes();
    refuseWithoutMemory(rows.genes, this.#input.memoryLimit);
    const cells = comparedCells({ ...split, test: test.cells }, seed);
    if (cells.train.length < split.train.length)
      this.#notes.push(
        `Panels were chosen and fitted on ${grouped(cells.train.length)} of the ${grouped(split.train.length)} training cells.`,
      );
    this.#scorer = await PanelScorer.create(engine, rows, test, cells, types, {
      signal,
      onShare: share => this.#tell(share, 'Relating all genes'),
    });
    const { means, products } = this.#scorer;
    const choice: Omit<PanelsInput, 'onShare'> = {
      ...{ ...this.#input, rows, sizes, genes, landmarks, controls: true },
      ...{ train: cells.train, means, products, signal },
    };
    const { panels, selectionRidge, notes } = await choosePanels({
      ...choice,
      onShare: (share, label) => this.#tell(share, label),
    });
    this.#anew = await this.#chooseAnew(choice);
    const ceiling = await ceilingOf(engine, products, cells, signal);
    const all = [...new Set(panels.map(({ size }) => size))].sort((a, b) => a - b);
    const scorings: Scoring[] = [];
    for (const [k, size] of all.entries()) {
      const own = panels.filter(panel => panel.size === size);
      const onShare = (share: number): void =>
        this.#tell((k + share) / all.length, `Scoring panels of ${grouped(size)} genes`);
      scorings.push(await this.#scoring(size, own, onShare));
    }
    const judged = await this.#judge(scorings);
    return {
      ...{ schema: 2, run, seed, genes: rows.genes, selectionRidge, typeShare },
      cells: { train: cells.train.length, stop: cells.stop.length, test: cells.test.length },
      neighbours: this.#scorer.all && { cells: this.#scorer.all.cells, chance: this.#scorer.chance },
      types: this.#scorer.types,
      boards: await this.#finish(judged, choice),
      ceiling,
      halves: await this.#halves(judged),
      notes: [...this.#scorer.notes, ...this.#notes, ...notes],
      seconds: (performance.now() - started) / 1000,
    };
  }

  /** What is chosen from the cells, where neighbours are looked for among more than the stop cells. */
  async #chooseAnew(choice: Omit<PanelsInput, 'onShare'>): Promise<Map<string, Int32Array>> {
    const { cells, joining } = this.#scorer;
    if (joining.length === 0) return new Map();
    const left = new Set(joining);
    const panels = await chooseOn(
      cells.train.filter(cell => !left.has(cell)),
      cells.stop,
      { ...choice, onShare: share => this.#tell(share, 'Choosing without some cells') },
    );
    // Draws of the landmarks are the same whatever the cells.
    return new Map(
      panels
        .filter(({ id }) => id !== 'l1000')
        .map(panel => [keyOf(panel), Int32Array.from(panel.genes).sort()]),
    );
  }

  #tell(share: number, label: string): void {
    this.#context.progress({ phase: 'scoreboard', label, done: Math.round(1000 * share), of: 1000 });
  }

  #sizes(): number[] {
    const { sizes: wanted, panel, prepared } = this.#input;
    const { genes } = prepared.rows;
    const most = Math.floor(genes / 2);
    // At the size of the run's own panel as well, so that it stands beside all others.
    const asked = [...new Set([...wanted, ...(panel.length > 1 ? [panel.length] : [])])].sort(
      (a, b) => a - b,
    );
    const sizes = asked.filter(size => size <= most);
    if (!wanted.some(size => size <= most)) {
      const why = `the run has ${grouped(genes)} genes, and half of them at least have to be left to predict`;
      throw new AppError(
        'NOT_POSSIBLE',
        `No panel can be made: ${why}. Ask for fewer genes than ${grouped(most)}.`,
        { what: 'scoreboard', why },
      );
    }
    const left = asked.filter(size => size > most).map(grouped);
    if (left.length > 0)
      this.#notes.push(
        `Panels of ${left.join(', ')} genes were left out: most of the ${grouped(genes)} genes have to be left to predict.`,
      );
    return sizes;
  }

  async #scoring(
    size: number,
    chosen: readonly ChosenPanel[],
    onShare: (share: number) => void,
  ): Promise<Scoring> {
    const random = await this.#randomPanels(size, share => onShare(0.45 * share));
    const scored: Scored[] = [];
    for (const [k, panel] of chosen.entries()) {
      const own = await this.#score(panel, random);
      if (own === null) {
        this.#notes.push(
          `The ${panel.id} panel of ${counted(panel.genes.length, 'gene')} could not be scored: its equations have no stable solution.`,
        );
      } else scored.push(own);
      onShare(0.45 + (0.45 * (k + 1)) / chosen.length);
    }
    return { size, scored: this.#oneOfEach(this.#besideControls(scored), random), random };
  }

  /** With how far each selected panel is below a control in pairs on the stop cells; of several draws, below their mean. */
  #besideControls(scored: readonly Scored[]): Scored[] {
    const variance = this.#scorer.products.stop.squares;
    const controls = [
      ...Map.groupBy(
        scored.filter(({ panel }) => panel.kind === 'control'),
        ({ panel }) => panel.id,
      ).values(),
    ];
    return scored.map(one => {
      if (one.panel.kind !== 'selector') return one;
      const below = controls.map(draws => {
        const pairs = draws.map(({ fitted }) => leadWithError(one.fitted.stop, fitted.stop, variance));
        const [ahead, error] = [pairs.map(pair => pair.lead), pairs.map(pair => pair.error)].map(
          values => values.reduce((sum, value) => sum + value, 0) / values.length,
        ) as [number, number];
        return error > 0 ? -ahead / (2 * error) - 1 : 0;
      });
      const stop = { ...one.panel.stop, below: Math.max(0, ...below) };
      return { ...one, panel: { ...one.panel, stop } };
    });
  }

  /** Of panels of one selector, the least weak on the stop cells. */
  #oneOfEach(scored: readonly Scored[], random: readonly RandomPanel[]): readonly Scored[] {
    const several = scored.filter(({ leading }) => leading !== null);
    if (several.length < 2) return scored;
    const others = averaged(scored.filter(({ leading }) => leading === null).map(({ panel }) => panel));
    const all = [...others, ...several.map(({ panel }) => panel)];
    const weak = weakness(all, this.#floors(random), this.#scorer.cells.stop.length);
    const kept = several.reduce((best, one) => (weak(one.panel) < weak(best.panel) ? one : best));
    return scored.filter(one => one.leading === null || one === kept);
  }

  #floors(random: readonly RandomPanel[]): Floors {
    const looks = random.flatMap(({ looks: some }) => some ?? []);
    return {
      lead: bandOf(leadsOfEach(random, this.#scorer.products.stop.squares)),
      knn: bandOf(looks.map(({ stop }) => stop.knn)),
      accuracy: bandOf(looks.map(({ stop }) => stop.accuracy)),
    };
  }

  /** Names the best panel of each size and compares it with the controls. */
  async #judge(scorings: readonly Scoring[]): Promise<Judged[]> {
    const clusters = await this.#clusters(scorings);
    const variance = this.#scorer.products.test.squares;
    const judged: Judged[] = [];
    for (const [k, scoring] of scorings.entries()) {
      const { size, scored, random } = scoring;
      const { own, ofRandom } = clusters[k]!;
      const looks = random.flatMap(({ looks: some }) => some ?? []);
      const panels = averaged(scored.map(({ panel }) => panel)).map(panel => ({
        ...panel,
        test: { ...panel.test, clusters: own.get(panel.id) ?? null },
      }));
      const best = nameBest(panels, this.#floors(random), this.#scorer.cells.stop.length);
      const bands = {
        ev: bandOf(random.map(({ test }) => ownEv(test, variance)))!,
        evAllGenes: bandOf(random.map(({ test }) => allEv(test, variance)))!,
        knn: bandOf(looks.map(({ test }) => test.knn)),
        accuracy: bandOf(looks.map(({ test }) => test.accuracy)),
        clusters: bandOf(ofRandom.map(({ coarse }) => coarse)),
      };
      const pairs = await this.#pairs(scored, best.overall);
      judged.push({ ...scoring, board: { size, best, random: bands, panels, pairs } });
    }
    return judged;
  }

  async #randomPanels(size: number, onShare: (share: number) => void): Promise<RandomPanel[]> {
    const { random, seed, prepared } = this.#input;
    const { signal } = this.#context;
    const found: RandomPanel[] = [];
    for (let k = 0; k < random; k++) {
      const genes = drawPanel(prepared.rows.genes, size, seed, k);
      const fitted = await this.#scorer.fit(genes, signal);
      if (fitted === null) continue;
      const { stop, test, ridge, strength } = fitted;
      const looks = k < RANDOM_LOOKED_AT ? await this.#scorer.look(genes, genes, signal) : null;
      found.push({ stop, test, ridge, strength, looks });
      onShare((k + 1) / random);
    }
    return found;
  }

  async #score(chosen: ChosenPanel, random: readonly Fitted[]): Promise<Scored | null> {
    const { signal } = this.#context;
    const genes = Int32Array.from(chosen.genes).sort();
    const found = await this.#scorer.fitAndScore(genes, signal);
    if (found === null) return null;
    const { fitted, score } = found;
    const anew = this.#anew.get(keyOf(chosen)) ?? genes;
    const looks = await this.#scorer.look(genes, anew, signal);
    const figures = (part: Part): { leads: number[]; found: PanelFigures } => {
      const variance = this.#scorer.products[part].squares;
      const leads = random.map(other => lead(fitted[part], other[part], variance));
      const mean = leads.reduce((sum, value) => sum + value, 0) / Math.max(1, leads.length);
      const { knn, accuracy } = looks[part];
      return { leads, found: { lead: mean, evAllGenes: allEv(fitted[part], variance), knn, accuracy } };
    };
    const { leads, found: ofTest } = figures('test');
    const sorted = Float64Array.from(leads).sort();
    const asGood = leads.filter(value => value <= 0).length;
    const { mean, distinct } = this.#scorer.correlations(genes);
    const { name, symbol } = this.#input.prepared.genes;
    return {
      ...{ genes, fitted, score, places: looks.places, leading: chosen.leading ?? null },
      panel: {
        id: chosen.id,
        kind: chosen.id === 'run' ? 'run' : chosen.id in CONTROLS ? 'control' : 'selector',
        size: genes.length,
        genes: chosen.genes.map(gene => name[gene]!),
        symbols: chosen.genes.map(gene => symbol[gene]!),
        ...(chosen.reasons ? { reasons: chosen.reasons } : {}),
        stop: figures('stop').found,
        test: {
          ...ofTest,
          ...ofModel(score),
          confusion: looks.test.confusion,
          clusters: null,
          leadLow: quantile(sorted, 0.025),
          leadHigh: quantile(sorted, 0.975),
          asGood,
          p: (asGood + 1) / (leads.length + 1),
        },
        diversity: 1 - mean,
        distinct,
        ridge: fitted.ridge,
        strength: fitted.strength,
      },
    };
  }

  /** All panels of all sizes at once, so that the cells are clustered by all genes once; of a control, its first draw. */
  async #clusters(scorings: readonly Scoring[]) {
    const { all } = this.#scorer;
    const asked = scorings.map(({ scored, random }) => ({
      panels: [...Map.groupBy(scored, ({ panel }) => panel.id).values()].map(([first]) => first!),
      random: random.flatMap(({ looks }) => looks ?? []).slice(0, RANDOM_CLUSTERED),
    }));
    this.#tell(0, 'Comparing clusters');
    const places = asked.flatMap(({ panels, random }) => [...panels, ...random].map(one => one.places!));
    const { environment } = this.#input;
    const { signal } = this.#context;
    const found = all === null ? [] : await clusterSimilarities(all, places, environment, signal);
    return asked.map(({ panels, random }) => {
      const own = new Map<string, ClusterSimilarity>();
      for (const { panel } of panels) {
        const next = found.shift();
        if (next) own.set(panel.id, next);
      }
      return { own, ofRandom: found.splice(0, random.length) };
    });
  }

  /** The named panel against the controls and the panel of the run. */
  async #pairs(scored: readonly Scored[], best: string): Promise<BoardPair[]> {
    const named = scored.find(({ panel }) => panel.id === best)!;
    const pairs: BoardPair[] = [];
    for (const { id, kind } of averaged(scored.map(({ panel }) => panel))) {
      if (id === best || kind === 'selector') continue;
      const other = scored.find(({ panel }) => panel.id === id)!;
      const pair = await this.#pair(other.score, named.score);
      if (pair) pairs.push({ against: id, ...pair });
    }
    return pairs;
  }

  async #pair(a: ModelScore, b: ModelScore) {
    const { prepared, seed } = this.#input;
    const { signal } = this.#context;
    const pair = await comparePair(
      { id: 'a', score: a },
      { id: 'b', score: b },
      prepared.test,
      seed,
      quiet(signal),
    );
    if (pair === null) return null;
    const { targets, difference, low, high } = pair;
    return { targets, difference, low, high };
  }

  /** The named panel, L1000 and some random panels of every size on halves of the counts. */
  async #halves(scorings: readonly Judged[]): Promise<HalvesScore> {
    const { counts, engine, prepared, seed } = this.#input;
    if (counts === null) return { ev: null, why: 'No counts to deal to halves were given.', panels: [] };
    const { genes } = prepared.rows;
    const panels = scorings.flatMap(({ board: { size, best }, scored }): HalvedPanel[] => [
      ...[best.overall, 'l1000'].flatMap(id => {
        const own = scored.find(({ panel }) => panel.id === id);
        return own ? [{ id, size, genes: own.genes }] : [];
      }),
      ...Array.from({ length: RANDOM_HALVED }, (_, k) => ({
        ...{ id: 'random', size },
        genes: drawPanel(genes, size, seed, k),
      })),
    ]);
    const { signal } = this.#context;
    const onShare = (share: number): void => this.#tell(share, 'Predicting one half of the counts');
    const { cells } = this.#scorer;
    return scoreHalves(engine, counts, prepared.preprocessed, cells, panels, seed, signal, onShare);
  }

  /** Chooses the named panels anew on other cells, and trains networks on those that are shown. */
  async #finish(scorings: readonly Judged[], choice: Omit<PanelsInput, 'onShare'>): Promise<Board[]> {
    const named = new Map<number, SelectorId>();
    for (const { board } of scorings) {
      const { kind } = board.panels.find(({ id }) => id === board.best.overall)!;
      if (kind === 'selector') named.set(board.size, board.best.overall as SelectorId);
    }
    const random = new Map(scorings.map(({ board, random: own }) => [board.size, own]));
    const leading = new Map(
      scorings.flatMap(({ size, scored }) =>
        scored.flatMap(one => (one.leading === null ? [] : [[size, one.leading] as const])),
      ),
    );
    const draws = await drawsOf(
      { ...choice, leading },
      this.#scorer,
      named,
      random,
      this.#input.draws,
      share => this.#tell(share, 'Choosing anew on other cells'),
    );
    const boards: Board[] = [];
    for (const { board, scored } of scorings) {
      const panels = await this.#networks(board, scored);
      const whole = { ...board, panels, draws: draws.get(board.size) ?? null };
      boards.push({ ...whole, verdict: boardVerdict(whole) });
    }
    return boards;
  }

  async #networks({ size, best, panels }: Judged['board'], scored: readonly Scored[]): Promise<BoardPanel[]> {
    const { network } = this.#input;
    if (network === null) return [...panels];
    const { signal } = this.#context;
    const found: BoardPanel[] = [];
    for (const panel of panels) {
      const { id } = panel;
      if (id !== best.overall && id !== 'l1000' && id !== 'run') {
        found.push(panel);
        continue;
      }
      const { genes, score: linear } = scored.find(one => one.panel.id === id)!;
      const { predictor, epochs } = await network(genes, {
        signal,
        onShare: share => this.#tell(share, `Training a network on ${counted(size, 'gene')}`),
      });
      try {
        const score = await this.#scorer.score(predictor, signal);
        const aboveLinear = await this.#pair(linear, score);
        found.push({ ...panel, network: { ...ofModel(score), aboveLinear, epochs } });
      } finally {
        predictor.dispose();
      }
    }
    return found;
  }
}

function keyOf({ id, size, leading }: ChosenPanel): string {
  return `${id} ${size} ${leading ?? ''}`;
}

/** Of each random panel before the others, on the stop cells. */
function leadsOfEach(random: readonly Fitted[], variance: Float64Array): number[] {
  return random.map(({ stop }, k) => {
    const leads = random.flatMap((other, at) => (at === k ? [] : lead(stop, other.stop, variance)));
    return leads.reduce((sum, value) => sum + value, 0) / Math.max(1, leads.length);
  });
}

function ofModel({ metrics }: ModelScore): Omit<BoardNetwork, 'aboveLinear' | 'epochs'> {
  const worst = metrics.perType.find(({ type }) => type === metrics.worstType);
  return {
    ev: metrics.ev,
    medianGeneR2: metrics.medianGeneR2,
    cellDelta: metrics.cellDelta.median,
    worstType: worst && worst.ev !== null ? { type: worst.type, ev: worst.ev } : null,
  };
}
