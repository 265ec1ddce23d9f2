/** Small data sets, the same for the same seed, for tests of the workspace. */
import { onTestFinished } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { MemoryRows } from '../../../src/engine/counts/memory-rows.ts';
import type { DatasetMeta } from '../../../src/engine/workspace/dataset-writer.ts';
import type { RunFolder } from '../../../src/engine/workspace/run-folder.ts';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import type { DatasetSummary } from '../../../src/shared/model.ts';

/** A workspace that is closed when the test ends. */
export function openWorkspace(folder: string): Workspace {
  const workspace = Workspace.open(folder, { appVersion: '1.2.3' });
  onTestFinished(() => workspace.close());
  return workspace;
}

/** Random counts; some cells are empty, some have every gene. */
export function randomRows(cells: number, genes: number, seed: number): MemoryRows {
  const random = createRandom(seed, 'rows');
  const ptr = new Float64Array(cells + 1);
  const idx: number[] = [];
  const val: number[] = [];
  for (let c = 0; c < cells; c++) {
    const share = c % 7 === 0 ? 0 : c % 11 === 0 ? 1 : 0.1;
    for (let g = 0; g < genes; g++) {
      if (random.next() >= share) continue;
      idx.push(g);
      val.push(1 + random.nextInt(50));
    }
    ptr[c + 1] = idx.length;
  }
  return new MemoryRows(genes, ptr, Uint32Array.from(idx), Float32Array.from(val));
}

export function metaFor(rows: MemoryRows, changes: Partial<DatasetMeta> = {}): DatasetMeta {
  const names = Array.from({ length: rows.genes }, (_, g) => `GENE${g}`);
  return {
    name: 'Blood',
    genes: {
      name: names,
      symbol: names,
      ensembl: names.map(() => ''),
      entrez: names.map((_, g) => g + 1),
      landmark: names.map((_, g) => (g % 5 === 0 ? g / 5 : -1)),
    },
    cellNames: Array.from({ length: rows.cells }, (_, c) => `cell ${c}`),
    columns: [
      {
        name: 'kind',
        levels: ['B', 'T'],
        codes: Int32Array.from({ length: rows.cells }, (_, c) => (c % 3) - 1),
      },
      { name: 'day', levels: ['one'], codes: new Int32Array(rows.cells) },
    ],
    roles: { type: 'kind', experiment: 'day', donor: null },
    sources: [{ path: 'blood.h5ad', format: 'h5ad', sha256: 'aa', cells: rows.cells, genes: rows.genes }],
    geneIds: 'symbol',
    alreadyLog: null,
    simulated: true,
    warnings: ['Two genes were left out.'],
    imported: { files: [{ path: 'blood.h5ad', options: {} }] },
    ...changes,
  };
}

export function store(
  workspace: Workspace,
  rows = randomRows(30, 20, 1),
  changes: Partial<DatasetMeta> = {},
): DatasetSummary {
  const writer = workspace.datasets.create();
  try {
    for (let from = 0; from < rows.cells; from += 8) {
      writer.rows(rows.read(from, Math.min(rows.cells, from + 8)));
    }
    return writer.finish(metaFor(rows, changes));
  } finally {
    writer.discard();
  }
}

export function startRun(workspace: Workspace, datasetId: string, name?: string): RunFolder {
  return workspace.runs.create({
    datasetId,
    name,
    preset: 'quick',
    seed: 7,
    params: { seed: 7, hidden: [128] },
    paramsVersion: 1,
  });
}
