/**
 * What a run found, in one to four plain sentences: how much the panel explains, whether it does better than L1000,
 * whether the network was worth training, and a warning where the figures are too good.
 */
import type { ModelId, ModelMetrics, PairMetrics, PanelSummary, RandomPanels } from '../../shared/model.ts';
import { counted, grouped, percent } from './words.ts';

export interface VerdictFacts {
  readonly models: readonly ModelMetrics[];
  readonly pairs: readonly PairMetrics[];
  readonly panel: PanelSummary;
  /** Null where none were scored. */
  readonly randomPanels?: RandomPanels | null;
  /** The panel's model that did best on the stop cells; the test cells must not name it. */
  readonly chosen: ModelId;
}

/** Genome-wide prediction explains .2 or so of the variance in published work; beyond this something has leaked. */
const TOO_GOOD = 0.9;

export function verdict(facts: VerdictFacts): string {
  return [
    explains(facts),
    againstChance(facts),
    againstLandmarks(facts),
    againstLinear(facts),
    tooGood(facts),
  ]
    .filter(sentence => sentence !== '')
    .join(' ');
}

function explains({ models, pairs, panel, chosen }: VerdictFacts): string {
  const model = find(models, chosen);
  const from = `From the ${counted(panel.size, 'gene')} of ${panel.name},`;
  const others = `the other ${counted(model.targets, 'gene')}`;
  if (model.ev === null) {
    return `${from} nothing can be said about ${others}: they do not vary in the held-out cells.`;
  }
  if (model.ev <= 0) {
    return `${from} ${modelWords(chosen)} predicts ${others} in held-out cells no better than their mean does (explained variance ${percent(model.ev)}).`;
  }
  const mean = pairOf(pairs, 'mean', chosen);
  const floor =
    mean !== null && mean.low <= 0
      ? 'which cannot be told apart from predicting the mean of every gene'
      : 'where the mean of every gene explains 0 %';
  return `${from} ${modelWords(chosen)} explains ${percent(model.ev)} of the variance of ${others} in held-out cells, ${floor}.`;
}

/** Random panels are scored with the linear model alone, so the sentence names it. */
function againstChance({ randomPanels }: VerdictFacts): string {
  if (!randomPanels) return '';
  const { panels, asGood, p } = randomPanels;
  const n = panels.length;
  const evs = panels.map(({ ev }) => ev);
  const range = n === 1 ? percent(evs[0]!) : `${percent(Math.min(...evs))} to ${percent(Math.max(...evs))}`;
  const mean = panels.reduce((sum, { evPanel }) => sum + evPanel, 0) / n;
  const figures = `${percent(mean)} against ${range} on the genes in neither`;
  const said = grouped(Number(p.toPrecision(2)));
  const beaten =
    n === 1
      ? 'a random panel'
      : asGood === 0
        ? `each of ${n} random panels`
        : `${n - asGood} of ${n} random panels`;
  const least = asGood === 0 ? `, the smallest that ${counted(n, 'panel')} can give` : '';
  const verb = asGood === n ? 'explains no more than' : 'explains more than';
  const rivals = asGood === n && n > 1 ? `any of ${n} random panels` : beaten;
  return `With the linear model it ${verb} ${rivals} of the same size (${figures}; p = ${said}${least}).`;
}

function againstLandmarks({ models, pairs, panel, chosen }: VerdictFacts): string {
  const rival = kindOf(chosen) === 'dnn' ? 'dnn-l1000' : 'linear-l1000';
  if (!models.some(({ id }) => id === rival)) {
    const present = panel.l1000Present;
    const why =
      present === 0
        ? 'none of its genes is'
        : `only ${grouped(present)} of its genes ${present === 1 ? 'is' : 'are'}`;
    return `L1000 cannot be compared: ${why} in the data.`;
  }
  const pair = pairOf(pairs, rival, chosen);
  if (pair === null) return '';
  const outcome =
    pair.low > 0 ? 'better than' : pair.high < 0 ? 'worse than' : 'not measurably different from';
  const landmarks = `the ${counted(panel.l1000Present, 'L1000 gene')} in the data`;
  const figures = `${percent(pair.evB)} against ${percent(pair.evA)}`;
  const interval = `95 % interval of the difference ${points(pair.low)} to ${points(pair.high)} points`;
  return `On the ${counted(pair.targets, 'gene')} in neither panel it is ${outcome} ${landmarks} (${figures}; ${interval}).`;
}

function againstLinear({ models, pairs, chosen }: VerdictFacts): string {
  const suffix = chosen.slice(chosen.indexOf('-'));
  const linear = models.find(({ id }) => id === `linear${suffix}`);
  const network = models.find(({ id }) => id === `dnn${suffix}`);
  if (linear?.ev == null || network?.ev == null || network.ev >= linear.ev) return '';
  const pair = pairOf(pairs, linear.id, network.id);
  const figures = `${percent(network.ev)} against ${percent(linear.ev)}`;
  return pair !== null && pair.high >= 0
    ? `The network is no better than the linear model (${figures}).`
    : `The network does worse than the linear model (${figures}).`;
}

function tooGood({ models }: VerdictFacts): string {
  const suspect = models.some(({ id, ev }) => id !== 'select' && ev !== null && ev > TOO_GOOD);
  return suspect
    ? 'An explained variance this high is rare: check that no cell or gene occurs twice under different names.'
    : '';
}

/** The pair of two models with `b` second, turned round where it was computed the other way. */
function pairOf(pairs: readonly PairMetrics[], a: ModelId, b: ModelId): PairMetrics | null {
  const forth = pairs.find(pair => pair.a === a && pair.b === b);
  if (forth) return forth;
  const back = pairs.find(pair => pair.a === b && pair.b === a);
  if (!back) return null;
  return {
    ...back,
    a,
    b,
    evA: back.evB,
    evB: back.evA,
    difference: -back.difference,
    low: -back.high,
    high: -back.low,
  };
}

function find(models: readonly ModelMetrics[], id: ModelId): ModelMetrics {
  const model = models.find(one => one.id === id);
  if (!model) throw new RangeError(`The verdict needs the scores of ${id}`);
  return model;
}

function kindOf(id: ModelId): string {
  return id.slice(0, id.indexOf('-'));
}

function modelWords(id: ModelId): string {
  return kindOf(id) === 'dnn' ? 'the network' : 'the linear model';
}

/** A difference of shares in percentage points, with two digits. */
function points(difference: number): string {
  return grouped(Number((difference * 100).toPrecision(2)) + 0);
}
