import { describe, expect, it } from 'vitest';
import { verdict, type VerdictFacts } from '../../../src/engine/steps/verdict.ts';
import type {
  ModelId,
  ModelMetrics,
  PairMetrics,
  PanelSummary,
  RandomPanels,
} from '../../../src/shared/model.ts';

const panel: PanelSummary = {
  rule: 'paper',
  name: 'F910',
  size: 910,
  l1000Overlap: 33,
  l1000Present: 754,
  expectedOverlap: 76.6,
  p: 2e-9,
  ties: 0,
};
const model = (id: ModelId, ev: number | null, targets = 8050): ModelMetrics =>
  ({ id, ev, targets }) as ModelMetrics;
const pair = (a: ModelId, b: ModelId, evA: number, evB: number, low: number, high: number): PairMetrics => ({
  a,
  b,
  targets: 7333,
  evA,
  evB,
  difference: evB - evA,
  low,
  high,
  resampled: 'genes and 100 random groups of test cells',
});
const landmarkModels = [model('linear-l1000', 0.2, 8206), model('dnn-l1000', 0.2, 8206)];
const facts = (changes: Partial<VerdictFacts>): VerdictFacts => ({
  models: [
    model('mean', 0, 8960),
    ...landmarkModels,
    model('linear-panel', 0.214),
    model('dnn-panel', 0.231),
  ],
  pairs: [],
  panel,
  chosen: 'dnn-panel',
  ...changes,
});

describe('verdict', () => {
  it('says what is explained, against the mean and against L1000', () => {
    const pairs = [
      pair('mean', 'dnn-panel', 0, 0.231, 0.2, 0.25),
      pair('dnn-l1000', 'dnn-panel', 0.203, 0.221, 0.0062, 0.03),
    ];
    expect(verdict(facts({ pairs }))).toBe(
      'From the 910 genes of F910, the network explains 23.1 % of the variance of the other 8,050 genes in held-out cells, where the mean of every gene explains 0 %. ' +
        'On the 7,333 genes in neither panel it is better than the 754 L1000 genes in the data (22.1 % against 20.3 %; 95 % interval of the difference 0.62 to 3 points).',
    );
  });

  it('stands beside chance where random panels were scored', () => {
    const random = (evs: readonly number[], evPanel = 0.21): RandomPanels => {
      const asGood = evs.filter(ev => ev >= evPanel).length;
      const panels = evs.map(ev => ({
        ...{ targets: 7200, ev, evPanel, evAllGenes: 0.3, strength: 0.1 },
        ...{ medianGeneR2: 0.1, medianGeneR2Panel: 0.12 },
      }));
      return {
        model: 'linear-panel',
        size: 910,
        asked: evs.length,
        panels,
        asGood,
        p: (asGood + 1) / (evs.length + 1),
      };
    };
    const sentence = (evs: readonly number[]): string =>
      verdict(
        facts({
          models: facts({}).models.filter(({ id }) => !id.includes('l1000')),
          randomPanels: random(evs),
        }),
      ).split(/ (?=With the linear model|L1000 cannot)/)[1]!;
    expect(sentence([0.15, 0.17, 0.18, 0.16])).toBe(
      'With the linear model it explains more than each of 4 random panels of the same size (21.0 % against 15.0 % to 18.0 % on the genes in neither; p = 0.2, the smallest that 4 panels can give).',
    );
    expect(sentence([0.15, 0.22, 0.18, 0.16])).toMatch(/more than 3 of 4 random panels .* p = 0\.4\)\.$/);
    expect(sentence([0.25, 0.22])).toMatch(/explains no more than any of 2 random panels .* p = 1\)\.$/);
    expect(sentence([0.15])).toMatch(
      /more than a random panel of the same size \(21\.0 % against 15\.0 % on/,
    );
  });

  it('reads a pair in either direction', () => {
    const forth = verdict(facts({ pairs: [pair('dnn-l1000', 'dnn-panel', 0.2, 0.15, -0.08, -0.02)] }));
    const back = verdict(facts({ pairs: [pair('dnn-panel', 'dnn-l1000', 0.15, 0.2, 0.02, 0.08)] }));
    expect(forth).toMatch(
      /it is worse than the 754 L1000 genes .*15\.0 % against 20\.0 %; .* -8 to -2 points/,
    );
    expect(back).toBe(forth);
  });

  it('claims no difference where the interval holds 0', () => {
    const pairs = [pair('dnn-l1000', 'dnn-panel', 0.2, 0.21, -0.004, 0.02)];
    expect(verdict(facts({ pairs }))).toMatch(/not measurably different from the 754 L1000 genes/);
  });

  it('says that the network does worse than the linear model, or no better', () => {
    const models = [model('linear-panel', 0.214), model('dnn-panel', 0.17)];
    const chosen = 'linear-panel';
    expect(verdict(facts({ models, chosen }))).toMatch(
      /The network does worse than the linear model \(17\.0 % against 21\.4 %\)\.$/,
    );
    const sure = [pair('linear-panel', 'dnn-panel', 0.214, 0.17, -0.06, -0.02)];
    expect(verdict(facts({ models, chosen, pairs: sure }))).toMatch(/does worse than the linear model/);
    const unsure = [pair('linear-panel', 'dnn-panel', 0.214, 0.17, -0.1, 0.02)];
    expect(verdict(facts({ models, chosen, pairs: unsure }))).toMatch(/is no better than the linear model/);
    expect(verdict(facts({}))).not.toMatch(/linear model/);
  });

  it('works on the ids of the paper', () => {
    const models = [...landmarkModels, model('linear-f910', 0.3), model('dnn-f910', 0.1)];
    const pairs = [pair('linear-l1000', 'linear-f910', 0.1, 0.3, 0.1, 0.3)];
    const said = verdict(facts({ models, pairs, chosen: 'linear-f910' }));
    expect(said).toMatch(/^From the 910 genes of F910, the linear model explains 30\.0 %/);
    expect(said).toMatch(/better than the 754 L1000 genes/);
    expect(said).toMatch(/The network does worse than the linear model/);
  });

  it('hides no failure', () => {
    const bad = [model('linear-panel', -0.012), model('dnn-panel', -0.2)];
    expect(verdict(facts({ models: bad, chosen: 'linear-panel' }))).toMatch(
      /predicts the other 8,050 genes in held-out cells no better than their mean does \(explained variance -1\.2 %\)/,
    );
    const barely = [pair('mean', 'dnn-panel', 0, 0.231, -0.01, 0.3)];
    expect(verdict(facts({ pairs: barely }))).toMatch(/cannot be told apart from predicting the mean/);
    const constant = [model('linear-panel', null), model('dnn-panel', null)];
    expect(verdict(facts({ models: constant }))).toMatch(/nothing can be said about the other 8,050 genes/);
    const models = facts({}).models.filter(({ id }) => !id.endsWith('l1000'));
    const present = (n: number) => verdict(facts({ models, panel: { ...panel, l1000Present: n } }));
    expect(present(0)).toMatch(/L1000 cannot be compared: none of its genes is in the data\./);
    expect(present(7)).toMatch(/L1000 cannot be compared: only 7 of its genes are in the data\./);
  });

  it('suspects a leak where the figures are too good, but not for the network that sees its own targets', () => {
    const leaky = [model('linear-panel', 0.95), model('dnn-panel', 0.97)];
    expect(verdict(facts({ models: leaky }))).toMatch(
      /this high is rare: check that no cell or gene occurs twice/,
    );
    const select = [...facts({}).models, model('select', 0.97, 8960)];
    expect(verdict(facts({ models: select }))).not.toMatch(/rare/);
  });

  it('never shouts', () => {
    expect(verdict(facts({}))).not.toMatch(/!/);
  });
});
