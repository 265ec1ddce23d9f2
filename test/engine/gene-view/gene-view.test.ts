/** Against the linear model fitted anew by the recipe's own code, and against plain sums over the modelled cells. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadReference } from '../../../src/engine/genes/reference.ts';
import { fitRidge, type RidgeModel } from '../../../src/engine/models/ridge.ts';
import { prepare, type Prepared } from '../../../src/engine/recipe/prepare.ts';
import { loadTensorEngine } from '../../../src/engine/tensor/backend.ts';
import { openDataset } from '../../../src/engine/workspace/dataset.ts';
import { BLIND_BELOW } from '../../../src/shared/gene-view.ts';
import type { PanelGene, RunMetrics } from '../../../src/shared/model.ts';
import { parseParams } from '../../../src/shared/params.ts';
import { testEnvironment } from '../../support/environment.ts';
import { FAST, quiet, smallRuns, type SmallRun } from '../../support/small-run.ts';
import { denseOf } from '../steps/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'f910-test-'));
/** So that the filter loses some genes. */
const CHANGES = { minCells: 20 };
let small: SmallRun;
let run: string;
let genes: PanelGene[];
let metrics: RunMetrics;
let prepared: Prepared;
let model: RidgeModel;
let dense: number[][];

const view = (gene: string) => small.engine.handlers['gene.view']({ run, gene }, quiet);
const find = (query: string) => small.engine.handlers['gene.find']({ run, query }, quiet);

beforeAll(async () => {
  small = await smallRuns(folder);
  run = (await small.run(CHANGES)).id;
  genes = await small.engine.handlers['run.panel']({ id: run }, quiet);
  metrics = (await small.engine.handlers['run.view']({ id: run }, quiet)).metrics!;
  const dataset = openDataset(join(folder, 'workspace', 'datasets', small.datasetId));
  prepared = await prepare(dataset, parseParams('quick', { ...FAST, ...CHANGES }), 1e9, quiet);
  dense = denseOf(prepared.rows);
  const columns = [...genes.keys()];
  const inputs = Int32Array.from(columns.filter(k => genes[k]!.inPanel));
  const targets = Int32Array.from(columns.filter(k => !genes[k]!.inPanel));
  const signal = quiet.signal;
  const engine = await loadTensorEngine();
  model = await fitRidge(engine, prepared.rows, prepared.split, { inputs, targets }, { signal });
}, 60_000);
afterAll(async () => {
  model.dispose();
  await small.engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a predicted gene', () => {
  it('is as wrong as sums over the test cells say, by level and by type, within its interval', async () => {
    const best = genes.filter(g => g.r2 !== null).sort((a, b) => b.r2! - a.r2!)[0]!;
    const column = genes.indexOf(best);
    const target = model.targets.indexOf(column);
    const { errors } = await view(best.name);
    const { train } = prepared.split;
    const seen = [...train].map(cell => dense[cell]![column]!).filter(value => value > 0);
    const typical = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    const mean = seen.reduce((sum, value) => sum + value, 0) / train.length;
    const levels = ['not detected', 'low', 'high'].map(level => ({ level, cells: 0, error: 0 }));
    const types = new Map<string, { error: number; variance: number }>();
    prepared.test.cells.forEach((cell, k) => {
      const row = dense[cell]!;
      const value = row[column]!;
      const predicted = model.inputs.reduce(
        (sum, gene, input) => sum + row[gene]! * model.coefficients[input * model.targets.length + target]!,
        model.intercept[target]!,
      );
      const level = levels[value === 0 ? 0 : value <= typical ? 1 : 2]!;
      level.cells++;
      level.error += (value - predicted) ** 2;
      const { levels: names, codes } = prepared.test.types!;
      const own = types.get(names[codes[k]!]!) ?? { error: 0, variance: 0 };
      own.error += (value - predicted) ** 2;
      own.variance += (value - mean) ** 2;
      types.set(names[codes[k]!]!, own);
    });
    levels.forEach(({ level, cells, error }, k) => {
      expect(errors!.levels[k]).toMatchObject({ level, cells });
      if (cells > 0) expect(errors!.levels[k]!.error).toBeCloseTo(Math.sqrt(error / cells), 4);
    });
    expect(errors!.types.map(({ type }) => type).sort()).toEqual([...types.keys()].sort());
    for (const { type, r2 } of errors!.types) {
      const { error, variance } = types.get(type)!;
      expect(r2).toBeCloseTo(1 - error / variance, 3);
    }
    expect(errors!.low!).toBeLessThan(best.r2!);
    expect(errors!.high!).toBeGreaterThan(best.r2!);
    expect((await view(genes.find(({ inPanel }) => inPanel)!.name)).errors).toBeNull();
  });

  it('has the coefficients, the predictions and the score of the run’s own linear model', async () => {
    const best = genes.filter(g => g.r2 !== null).sort((a, b) => b.r2! - a.r2!)[0]!;
    const column = genes.indexOf(best);
    const target = model.targets.indexOf(column);
    const seen = await view(best.name);
    expect(seen).toMatchObject({ name: best.name, symbol: best.symbol, r2: best.r2, helps: [] });
    expect(seen.standing).toBe(best.r2! < BLIND_BELOW ? 'blind' : 'predicted');
    expect(seen.predictors).toHaveLength(20);
    for (const link of seen.predictors) {
      const input = model.inputs.indexOf(genes.findIndex(g => g.name === link.name));
      const expected = model.coefficients[input * model.targets.length + target]!;
      expect(link.coefficient).toBeCloseTo(expected, 4);
    }
    const weights = seen.predictors.map(({ weight }) => Math.abs(weight));
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));

    const { measured, predicted, cells } = seen.scatter!;
    expect(cells).toBe(metrics.split.test);
    const x = Float32Array.from(
      [...prepared.split.test].flatMap(row => [...model.inputs].map(g => dense[row]![g]!)),
    );
    const all = model.predict(x, prepared.split.test.length);
    prepared.split.test.forEach((row, k) => {
      expect(measured[k]).toBe(dense[row]![column]);
      expect(predicted[k]).toBeCloseTo(all[k * model.targets.length + target]!, 4);
    });
  });

  it('has the correlation with each panel gene, and its mean in every cell type', async () => {
    const gene = genes.find(g => !g.inPanel && g.r2 !== null)!;
    const column = genes.indexOf(gene);
    const seen = await view(gene.name);
    const [link] = seen.predictors;
    const other = genes.findIndex(g => g.name === link!.name);
    const pairs = [...prepared.split.train].map(row => [dense[row]![column]!, dense[row]![other]!] as const);
    const mean = (k: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length;
    const means = [mean(0), mean(1)] as const;
    const sum = (i: 0 | 1, j: 0 | 1): number =>
      pairs.reduce((total, pair) => total + (pair[i] - means[i]) * (pair[j] - means[j]), 0);
    expect(link!.correlation).toBeCloseTo(sum(0, 1) / Math.sqrt(sum(0, 0) * sum(1, 1)), 6);
    expect(link!.weight).toBeCloseTo(link!.coefficient * Math.sqrt(sum(1, 1) / sum(0, 0)), 6);
    expect(seen.types.reduce((cells, type) => cells + type.cells, 0)).toBe(dense.length);
    const total = seen.types.reduce((all, type) => all + type.mean * type.cells, 0);
    expect(total).toBeCloseTo(
      dense.reduce((all, row) => all + row[column]!, 0),
      3,
    );
  });
});

it('a panel gene is measured, and says which genes it helps to predict', async () => {
  const gene = genes.find(g => g.inPanel)!;
  const input = model.inputs.indexOf(genes.indexOf(gene));
  const seen = await view(gene.name);
  expect(seen).toMatchObject({ standing: 'measured', r2: null, predictors: [], scatter: null });
  expect(seen.helps).toHaveLength(50);
  for (const link of seen.helps) {
    const target = model.targets.indexOf(genes.findIndex(g => g.name === link.name));
    expect(link.coefficient).toBeCloseTo(model.coefficients[input * model.targets.length + target]!, 4);
  }
});

it('a gene that the filter removed says in how many cells it was seen and how many it needs', async () => {
  const { matches } = find('a') as Awaited<ReturnType<typeof find>>;
  expect(matches.length).toBeGreaterThan(0);
  const table = openDataset(join(folder, 'workspace', 'datasets', small.datasetId));
  const kept = new Set(genes.map(({ name }) => name));
  const lost = table.genes.name.findIndex(name => !kept.has(name));
  expect(lost).toBeGreaterThanOrEqual(0);
  const counts = denseOf(table.rows).map(row => row[lost]!);
  table.close();
  const seen = await view(table.genes.name[lost]!);
  expect(seen).toMatchObject({ standing: 'lost', types: [], scatter: null });
  const cells = counts.filter(value => value >= seen.filter.minReads).length;
  expect(seen.filter).toEqual({ cells, of: counts.length, minReads: 3, minCells: 20 });
  expect(cells).toBeLessThan(20);
});

describe('finding genes', () => {
  it('by symbol, Ensembl id, Entrez id and part of a name, the exact one first', async () => {
    const gene = genes.find(g => g.symbol.length > 4)!;
    for (const query of [gene.symbol, gene.symbol.toLowerCase(), gene.ensembl, String(gene.entrez)]) {
      const { matches, complete } = await find(query);
      expect(matches[0]).toMatchObject({ name: gene.name, symbol: gene.symbol, alias: '' });
      expect(complete).toBe(true);
    }
    const part = await find(gene.symbol.slice(0, 3));
    expect(part.matches.length).toBeGreaterThan(0);
    expect(await find('  ')).toEqual({ matches: [], absent: null, complete: true });
  });

  it('by another name of the gene, and says that it was one', async () => {
    const reference = loadReference(testEnvironment(folder).resources);
    const byEntrez = new Map(genes.map(gene => [gene.entrez, gene]));
    const [alias, known] = [...reference.byAlias].find(
      ([name, gene]) => byEntrez.has(gene.entrez) && !reference.bySymbol.has(name.toUpperCase()),
    )!;
    const { matches } = await find(alias);
    const found = matches.find(match => match.entrez === known.entrez)!;
    expect(found.alias).toBe(alias);
  });

  it('says of a human gene that the data do not have it', async () => {
    const reference = loadReference(testEnvironment(folder).resources);
    const table = openDataset(join(folder, 'workspace', 'datasets', small.datasetId));
    table.close();
    const inData = new Set(table.genes.entrez);
    const gene = reference.genes.find(
      one => !inData.has(one.entrez) && reference.bySymbol.get(one.symbol) === one,
    )!;
    const { absent } = await find(gene.symbol);
    expect(absent).toEqual({ symbol: gene.symbol, description: gene.name, alias: '' });
    expect((await find('no such gene at all')).absent).toBeNull();
  });

  it('refuses a gene that the data do not have', async () => {
    await expect(view('NOGENE')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('a look can be stopped, and the next one works', async () => {
  const stop = new AbortController();
  stop.abort();
  const gene = genes[0]!.name;
  const stopped = small.engine.handlers['gene.view']({ run, gene }, { ...quiet, signal: stop.signal });
  await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await view(gene)).name).toBe(gene);
});

describe('a swap', () => {
  const swap = (gene: string) => small.engine.handlers['gene.swap']({ run, gene }, quiet);

  it('costs what the panel explains less, and brings what the substitutes do, the same each time', async () => {
    const inPanel = genes.filter(gene => gene.inPanel);
    const { cost, substitutes } = await swap(inPanel[0]!.name);
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThan(1);
    expect(substitutes).toHaveLength(5);
    const gains = substitutes.map(({ gain }) => gain);
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
    for (const { name } of substitutes) expect(inPanel.some(gene => gene.name === name)).toBe(false);
    await swap(inPanel[1]!.name);
    const again = await swap(inPanel[0]!.name);
    expect(again.substitutes.map(({ name }) => name)).toEqual(substitutes.map(({ name }) => name));
    expect(again.cost / cost).toBeCloseTo(1, 2);
  });

  it('is refused for a gene that is not in the panel', async () => {
    const outside = genes.find(gene => !gene.inPanel)!;
    await expect(swap(outside.name)).rejects.toThrow(`${outside.symbol} is not in the panel`);
    await expect(swap('NOGENE')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
