/** Prediction for new cells through the engine: what is promised holds, and nothing is passed over in silence. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meanTotal, scaleByPanel } from '../../../src/engine/predict/panel-scale.ts';
import { matchGenes } from '../../../src/engine/predict/match.ts';
import { trustOf, type PredictionReport } from '../../../src/shared/predict.ts';
import { readCounts } from '../../support/read-counts.ts';
import { quiet, smallRuns, type SmallRun } from '../../support/small-run.ts';
import { rowsOf } from '../steps/support.ts';
import { range } from '../models/dense-rows.ts';

const sandbox = { path: mkdtempSync(join(tmpdir(), 'f910-test-')) };
let small: SmallRun;
let run: string;

beforeAll(async () => {
  small = await smallRuns(sandbox.path, 600, 300);
  ({ id: run } = await small.run({ rule: 'norm', panelSize: 60 }));
}, 60_000);
afterAll(async () => {
  await small.engine.close();
  rmSync(sandbox.path, { recursive: true, force: true });
});

/** New cells: the given genes of the same kind of cells, as a table of counts. */
async function newCells(
  name: string,
  change: (symbol: string) => string | null,
  cells = 80,
): Promise<string> {
  const genes = (await small.engine.handlers['run.panel']({ id: run }, quiet)).filter(gene => gene.inPanel);
  const counts = readCounts(join(sandbox.path, 'counts'));
  const lines = [['gene', ...Array.from({ length: cells }, (_, cell) => `new${cell}`)].join(',')];
  for (const gene of genes) {
    const written = change(gene.symbol);
    if (written === null) continue;
    const row = counts.genes.findIndex(({ symbol }) => symbol === gene.symbol);
    lines.push([written, ...Array.from({ length: cells }, (_, cell) => counts.value(row, cell))].join(','));
  }
  const path = join(sandbox.path, `${name}.csv`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  const request = { files: [{ path, options: { rows: 'genes' as const } }], name };
  return (await small.engine.handlers['data.import'](request, quiet)).id;
}

describe('prediction', () => {
  it('promises what the model explains in held-out cells in this very form, and sorts the genes by trust', async () => {
    const dataset = await newCells('whole', symbol => symbol);
    const { report, trust } = await small.engine.handlers['predict.check']({ run, dataset }, quiet);
    expect(report).toMatchObject({ cells: 80, panel: 60, found: 60, missing: [], empty: 0 });
    expect(report.promised!).toBeGreaterThan(0.05);
    expect(report.promised!).toBeLessThan(report.ofRun! + 0.02);
    expect(Object.values(report.trust).reduce((sum, count) => sum + count, 0)).toBe(report.genes);
    expect(trust.filter(gene => gene.trust === 'measured')).toHaveLength(60);
    for (const gene of trust) if (gene.trust === 'predictable') expect(gene.r2!).toBeGreaterThanOrEqual(0.1);
  });

  it('fits anew for the genes that are there, and says which are not', async () => {
    const [whole, part] = [
      await newCells('all', s => s),
      await newCells('part', s => (/[A-H]/.test(s[0]!) ? null : s)),
    ];
    const check = async (dataset: string): Promise<PredictionReport> =>
      (await small.engine.handlers['predict.check']({ run, dataset }, quiet)).report;
    const [all, some] = [await check(whole), await check(part)];
    expect(some.found).toBeLessThan(all.found);
    expect(some.missing).toHaveLength(60 - some.found);
    expect(some.promised!).toBeLessThan(all.promised! + 0.02);
    expect(some.notes.join(' ')).toContain('the model was fitted without');
    const none = await newCells('mouse', s => `Mm${s.toLowerCase()}x`);
    await expect(check(none)).rejects.toThrow('Nothing can be predicted');
  });

  it('writes h5ad, CSV and MTX with the same numbers, whole or not at all', async () => {
    const dataset = await newCells('cells', symbol => symbol, 20);
    const { handlers } = small.engine;
    const out = (name: string): string => join(sandbox.path, name);
    for (const [format, name] of [
      ['csv', 'p.csv'],
      ['h5ad', 'p.h5ad'],
      ['mtx', 'p'],
    ] as const) {
      await handlers['predict.write']({ run, dataset, format, out: out(name) }, quiet);
    }
    const csv = readFileSync(out('p.csv'), 'utf8')
      .trim()
      .split('\r\n')
      .map(line => line.split(','));
    const table = csv.slice(1).map(line => line.slice(1).map(Number));
    expect(csv).toHaveLength(21);
    expect(table.flat().every(value => value >= 0 && Number.isFinite(value))).toBe(true);
    const mtx = gunzipSync(readFileSync(join(out('p'), 'matrix.mtx.gz')))
      .toString()
      .split('\n');
    const entries = mtx.slice(3, -1).map(line => line.split(' ').map(Number));
    expect(entries).toHaveLength(20 * table[0]!.length);
    for (const [gene, cell, value] of entries) expect(value).toBeCloseTo(table[cell! - 1]![gene! - 1]!, 4);
    // Read back by the app's own reader of AnnData files.
    const file = { path: out('p.h5ad'), options: { alreadyLog: 10 } };
    const found = await handlers['data.inspect'](file, quiet);
    expect(found).toMatchObject({
      cells: 20,
      genes: table[0]!.length,
      firstCells: expect.arrayContaining(['new0']) as string[],
    });
    const { bytes } = await handlers['predict.file']({ run, dataset, format: 'mtx' }, quiet);
    writeFileSync(out('p.mtx.zip'), bytes);
    const zipped = { path: out('p.mtx.zip'), options: { alreadyLog: 10 } };
    expect(await handlers['data.inspect'](zipped, quiet)).toMatchObject({ cells: 20, genes: found.genes });
    // Each gene's trust stands beside the numbers.
    const trust = readFileSync(out('p.genes.csv'), 'utf8').trim().split('\r\n');
    expect(trust[0]).toBe('name,symbol,ensembl,trust,held_out_r2');
    expect(trust.slice(1).map(line => line.split(',')[0])).toEqual(csv[0]!.slice(1));
    expect(trust.filter(line => line.includes(',measured,'))).toHaveLength(60);
    expect(
      readFileSync(join(out('p'), 'genes.csv'), 'utf8')
        .trim()
        .split('\r\n'),
    ).toEqual(trust);
    expect(readFileSync(out('p.cells.csv'), 'utf8').trim().split('\r\n')).toHaveLength(21);
    const tables = await handlers['predict.file']({ run, dataset, format: 'csv' }, quiet);
    const names = Buffer.from(tables.bytes)
      .toString('latin1')
      .match(/prediction(\.\w+)?\.csv/g);
    expect([...new Set(names)].sort()).toEqual([
      'prediction.cells.csv',
      'prediction.csv',
      'prediction.genes.csv',
    ]);
    const stop = new AbortController();
    stop.abort();
    const going = handlers['predict.write'](
      { run, dataset, format: 'csv', out: out('q.csv') },
      { ...quiet, signal: stop.signal },
    );
    await expect(going).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(readdirSync(sandbox.path).filter(name => name.startsWith('q'))).toEqual([]);
    await expect(
      handlers['predict.write']({ run, dataset, format: 'csv', out: out('p.csv') }, quiet),
    ).rejects.toThrow('is there already');
  });

  it('tells cells without a count in the panel, and cells unlike those it was trained on', async () => {
    const genes = (await small.engine.handlers['run.panel']({ id: run }, quiet)).filter(gene => gene.inPanel);
    const rows = genes.map((gene, k) =>
      [gene.symbol, ...Array.from({ length: 30 }, (_, cell) => (cell === 0 ? 0 : k === cell ? 900 : 0))].join(
        ',',
      ),
    );
    const path = join(sandbox.path, 'odd.csv');
    writeFileSync(
      path,
      `gene,${Array.from({ length: 30 }, (_, c) => `odd${c}`).join(',')}\n${rows.join('\n')}\n`,
    );
    const { id: dataset } = await small.engine.handlers['data.import'](
      { files: [{ path, options: { rows: 'genes' } }], name: 'odd' },
      quiet,
    );
    const { report } = await small.engine.handlers['predict.check']({ run, dataset }, quiet);
    expect(report).toMatchObject({ cells: 29, empty: 1 });
    expect(report.unlike).toBeGreaterThan(20);
    expect(report.notes.join(' ')).toContain('the promised score does not hold for them');
    expect(report.notes.join(' ')).toContain('nothing can be predicted for it');
  });
});

describe('the scale of a panel', () => {
  it('takes away what a cell was sequenced deeper, and keeps the mean size', () => {
    const log = (count: number): number => Math.log10(1 + count);
    const one = Float32Array.of(log(10), log(30), 0);
    const deep = Float32Array.of(log(100), log(300), 0);
    expect(scaleByPanel(one, { base: 10, target: 80 })).toBeCloseTo(40, 3);
    expect(scaleByPanel(deep, { base: 10, target: 80 })).toBeCloseTo(400, 2);
    expect([...one]).toEqual([...deep].map(value => expect.closeTo(value, 5) as number));
    expect(one[0]).toBeCloseTo(log(20), 5);
    expect(scaleByPanel(Float32Array.of(0, 0), { base: 10, target: 80 })).toBe(0);
    const rows = rowsOf([
      [log(1), log(2), log(3)],
      [log(4), 0, 0],
    ]);
    expect(meanTotal(rows, range(0, 2), Int32Array.of(0, 2), 10)).toBeCloseTo((1 + 3 + 4) / 2, 5);
  });
});

describe('genes of new data', () => {
  const table = (
    symbols: string[],
    ensembl: string[] = symbols.map(() => ''),
    entrez: number[] = symbols.map(() => 0),
  ) => ({
    ...{ name: symbols, symbol: symbols, ensembl, entrez, landmark: symbols.map(() => -1) },
  });
  it('are found by Ensembl id before all, and each once', () => {
    const run = table(['A', 'B', 'C'], ['E1', 'E2', ''], [1, 2, 3]);
    const data = table(['C', 'x', 'B', 'A'], ['', 'E1', '', ''], [0, 0, 2, 0]);
    const { column, by } = matchGenes(run, data);
    expect([...column]).toEqual([1, 2, 0]);
    expect(by).toEqual(['Ensembl id', 'Entrez id', 'symbol']);
  });
  it('are trusted by their held-out R2 and its interval', () => {
    expect(trustOf(true, null, null)).toBe('measured');
    expect(trustOf(false, 0.3, 0.2)).toBe('predictable');
    expect(trustOf(false, 0.3, -0.1)).toBe('weak');
    expect(trustOf(false, 0.05, 0.01)).toBe('weak');
    expect(trustOf(false, -0.01, null)).toBe('blind');
    expect(trustOf(false, null, null)).toBe('blind');
  });
});
