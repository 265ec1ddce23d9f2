import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { DatasetMeta } from '../../../src/engine/workspace/dataset-writer.ts';
import { DATASET_FILES } from '../../../src/engine/workspace/manifest.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { metaFor, openWorkspace, randomRows, startRun, store } from './fixtures.ts';

const never = new AbortController().signal;

describe('a data set', () => {
  test('is given back as it was stored', () => {
    const workspace = openWorkspace(temporaryFolder());
    const rows = randomRows(30, 20, 1);
    const meta = metaFor(rows);
    const summary = store(workspace, rows);
    expect(summary).toMatchObject({
      name: 'Blood',
      cells: 30,
      genes: 20,
      nonzeros: rows.nonzeros,
      totalCounts: rows.val.reduce((sum, value) => sum + value, 0),
      landmarks: 4,
      columns: ['kind', 'day'],
      types: [
        { type: 'B', cells: 10 },
        { type: 'T', cells: 10 },
      ],
      experiments: [{ experiment: 'one', cells: 30 }],
      imported: meta.imported,
      warnings: meta.warnings,
    });
    expect(summary.id).toMatch(/^blood-[a-z0-9]{5}$/);
    expect(workspace.datasets.list()).toEqual([summary]);
    expect(workspace.datasets.get(summary.id)).toEqual(summary);

    for (const memoryLimit of [0, 1e9]) {
      const dataset = workspace.datasets.open(summary.id, { memoryLimit });
      expect(dataset.summary).toEqual(summary);
      expect(dataset.genes).toEqual(meta.genes);
      expect(dataset.cellNames).toEqual(meta.cellNames);
      expect(dataset.columns).toEqual(meta.columns);
      expect(dataset.rows.read(0, 30)).toEqual(rows.read(0, 30));
      dataset.close();
    }
  });

  test('has the same sum for the same data, whatever it is called, and another for other data', () => {
    const workspace = openWorkspace(temporaryFolder());
    const rows = randomRows(10, 8, 1);
    const { checksum } = store(workspace, rows);
    expect(store(workspace, rows, { name: 'Other', warnings: [] }).checksum).toBe(checksum);
    const meta = metaFor(rows);
    const others: Partial<DatasetMeta>[] = [
      { cellNames: meta.cellNames.with(3, 'another') },
      { genes: { ...meta.genes, symbol: meta.genes.symbol.with(2, 'X') } },
      { columns: [], roles: { type: null, experiment: null, donor: null } },
      { roles: { ...meta.roles, type: null } },
      { alreadyLog: 2 },
    ];
    const sums = others.map(changes => store(workspace, rows, changes).checksum);
    sums.push(store(workspace, randomRows(10, 8, 2)).checksum, checksum);
    expect(new Set(sums).size).toBe(sums.length);
    expect(workspace.datasets.findByChecksum(checksum)?.name).toBe('Other');
    expect(workspace.datasets.findByChecksum('0'.repeat(64))).toBeNull();
  });

  test('keeps names of all kinds', () => {
    const folder = join(temporaryFolder(), 'Arbeitsfläche mit Leerzeichen 数据');
    const workspace = openWorkspace(folder);
    const names = [
      'Zellen aus Köln',
      '数据集',
      '  ',
      '../../etc',
      'x'.repeat(5000),
      'CON',
      '🧬 "quoted"\n\u0000\ud800',
    ];
    for (const name of names) {
      if (name.trim() === '') continue;
      const rows = randomRows(3, 2, 1);
      const cellNames = ['a,b\n"c"', '🧬', '\ud800 alone'];
      const { id } = store(workspace, rows, { name, cellNames });
      expect(id).toMatch(/^[a-z0-9-]{1,64}$/);
      expect(workspace.datasets.get(id).name).toBe(name);
      const dataset = workspace.datasets.open(id);
      expect(dataset.cellNames).toEqual(cellNames);
      dataset.close();
    }
    expect(workspace.datasets.list()).toHaveLength(names.length - 1);
  });

  test('that is thrown away or cannot be finished leaves nothing', () => {
    const folder = temporaryFolder();
    const workspace = openWorkspace(folder);
    const rows = randomRows(4, 6, 1);
    const meta = metaFor(rows);
    const discarded = workspace.datasets.create();
    discarded.rows(rows.read(0, 4));
    discarded.discard();
    const fails = (changes: Partial<DatasetMeta>, problem: string): void => {
      const writer = workspace.datasets.create();
      writer.rows(rows.read(0, 4));
      expect(() => writer.finish({ ...meta, ...changes })).toThrow(problem);
    };
    fails({ cellNames: ['one'] }, '1 names for 4 cells');
    fails({ genes: metaFor(randomRows(4, 3, 1)).genes }, 'but 3 genes');
    fails({ genes: { ...meta.genes, symbol: [] } }, 'genes whose "symbol" does not fit');
    fails(
      { genes: { ...meta.genes, name: meta.genes.name.with(0, 'GENE1') } },
      'a gene name that occurs twice',
    );
    fails({ roles: { ...meta.roles, donor: 'nobody' } }, 'no label column "nobody"');
    fails({ columns: [...meta.columns, ...meta.columns] }, 'a label column that occurs twice');
    const column = (codes: number[]) => ({ ...meta.columns[0]!, codes: Int32Array.from(codes) });
    const roles = { type: null, experiment: null, donor: null };
    fails({ roles, columns: [column([0, 1])] }, '2 labels in "kind" for 4 cells');
    fails({ roles, columns: [column([0, 1, 2, 0])] }, 'labels without a level in "kind"');
    fails({ roles, columns: [column([0, 1, -2, 0])] }, 'labels without a level in "kind"');
    fails({ name: ' ' }, 'an empty name');
    expect(() => workspace.datasets.create().finish({ ...meta, cellNames: [] })).toThrow(
      'There are no cells in these data. Check that the right file was chosen.',
    );
    expect(workspace.datasets.list()).toEqual([]);
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
    const own = readdirSync(join(folder, 'staging')).find(name => !name.endsWith('.lock'))!;
    expect(readdirSync(join(folder, 'staging', own))).toEqual([]);
  });
});

test.each(['../x', '..', '.', '', 'a/b', 'a\\b', 'A', 'x'.repeat(65), 'a\u0000', 'é'])(
  'the id %j is refused',
  id => {
    const workspace = openWorkspace(temporaryFolder());
    for (const use of [
      () => workspace.datasets.get(id),
      () => workspace.datasets.open(id),
      () => workspace.datasets.delete(id),
      () => startRun(workspace, id),
      () => workspace.runs.get(id),
      () => workspace.runs.folder(id),
      () => workspace.runs.claim(id),
      () => workspace.runs.update(id, { name: 'x' }),
      () => workspace.runs.delete(id),
    ]) {
      expect(use).toThrow(/cannot be the id of a (data set|run)/);
    }
  },
);

test('an unknown id is said to be missing', async () => {
  const workspace = openWorkspace(temporaryFolder());
  const sentence = 'There is no data set "gone" in this workspace. It may have been deleted.';
  expect(() => workspace.datasets.get('gone')).toThrow(sentence);
  expect(() => workspace.datasets.open('gone')).toThrow(sentence);
  await expect(workspace.datasets.verify('gone', never)).rejects.toThrow(sentence);
});

describe('damage is found and named', () => {
  test.each(DATASET_FILES)('%s short, missing', async name => {
    const folder = temporaryFolder();
    const workspace = openWorkspace(folder);
    const { id } = store(workspace);
    const path = join(folder, 'datasets', id, name);
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 10);
    const sentence = (problem: string) =>
      `The data set "Blood" is damaged: ${problem}. Import it again from its files, then delete this one.`;
    expect(() => workspace.datasets.open(id)).toThrow(sentence(`${name} is 10 bytes too short`));
    expect(await workspace.datasets.verify(id, never)).toEqual([`${name} is 10 bytes too short`]);
    rmSync(path);
    expect(() => workspace.datasets.open(id)).toThrow(sentence(`${name} is missing`));
    expect(await workspace.datasets.verify(id, never)).toEqual([`${name} is missing`]);
  });

  test('a flipped bit in any file is found by its sum, and opening never gives more than it should', async () => {
    const folder = temporaryFolder();
    const workspace = openWorkspace(folder);
    const { id } = store(workspace);
    const random = createRandom(8, 'flips');
    for (const name of [...DATASET_FILES, 'manifest.json']) {
      const path = join(folder, 'datasets', id, name);
      const whole = readFileSync(path);
      for (let round = 0; round < 8; round++) {
        const flipped = Buffer.from(whole);
        const at = random.nextInt(whole.length);
        flipped[at] = flipped[at]! ^ (1 << random.nextInt(8));
        writeFileSync(path, flipped);
        const problems = await workspace.datasets.verify(id, never);
        // A flip in the white space of the manifest changes nothing that is read.
        if (
          name !== 'manifest.json' ||
          JSON.stringify(tryParse(flipped)) !== JSON.stringify(tryParse(whole))
        ) {
          expect(problems, `${name} at ${at}`).toHaveLength(1);
          expect(problems[0]).toContain(name);
        }
        try {
          const dataset = workspace.datasets.open(id);
          const { idx } = dataset.rows.read(0, dataset.summary.cells);
          expect(idx.every(gene => gene < 20)).toBe(true);
          dataset.close();
        } catch (error) {
          expect(error).toMatchObject({ name: 'AppError', code: 'WORKSPACE' });
        }
      }
      writeFileSync(path, whole);
    }
    expect(await workspace.datasets.verify(id, never)).toEqual([]);
  });

  test('the check can be cancelled', async () => {
    const workspace = openWorkspace(temporaryFolder());
    const { id } = store(workspace);
    const stop = AbortSignal.abort();
    await expect(workspace.datasets.verify(id, stop)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(workspace.check(stop)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

function tryParse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return 'no JSON';
  }
}

test('a data set keeps a new name, and its content', async () => {
  const folder = temporaryFolder();
  const workspace = openWorkspace(folder);
  const stored = store(workspace, randomRows(10, 8, 1));
  const renamed = workspace.datasets.rename(stored.id, 'Liver');
  expect(renamed).toEqual({ ...stored, name: 'Liver' });
  expect(workspace.datasets.list()).toEqual([renamed]);
  expect(workspace.datasets.open(stored.id).summary.name).toBe('Liver');
  expect(await workspace.datasets.verify(stored.id, never)).toEqual([]);
  expect(workspace.datasets.genes(stored.id)).toEqual(metaFor(randomRows(10, 8, 1)).genes);
  expect(() => workspace.datasets.rename('nothing', 'x')).toThrow('nothing');
});
