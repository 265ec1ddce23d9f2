import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importFiles } from '../../../src/engine/import/import.ts';
import { simulateToFolder } from '../../../src/engine/simulate/simulate.ts';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import type { DatasetSummary, ImportRequest, LabelColumn, Progress } from '../../../src/shared/model.ts';
import { testData, withData } from '../../support/data.ts';
import { testEnvironment } from '../../support/environment.ts';
import { reference } from '../../support/reference.ts';
import { temporaryFolder } from '../../support/sandbox.ts';

function openWorkspace(): Workspace {
  const workspace = Workspace.open(temporaryFolder(), { appVersion: 'test' });
  onTestFinished(() => workspace.close());
  return workspace;
}

const environment = testEnvironment('unused');

function run(
  workspace: Workspace,
  request: ImportRequest,
  signal = new AbortController().signal,
  progress: (value: Progress) => void = () => {},
): Promise<DatasetSummary> {
  return importFiles(workspace, reference(), request, environment, { signal, progress });
}

/** Nothing unfinished and no data set is left behind. */
function expectEmpty(workspace: Workspace): void {
  expect(workspace.datasets.list()).toEqual([]);
  expect(readdirSync(join(workspace.folder, 'datasets'))).toEqual([]);
  const staging = join(workspace.folder, 'staging');
  const left = readdirSync(staging, { recursive: true, withFileTypes: true });
  expect(left.filter(entry => entry.name.startsWith('counts.'))).toEqual([]);
}

/** Counts of a stored data set as cell -> gene -> count. */
function countsOf(workspace: Workspace, id: string): Record<string, Record<string, number>> {
  const { rows, cellNames, genes, close } = workspace.datasets.open(id);
  const block = rows.read(0, rows.cells);
  const out: Record<string, Record<string, number>> = {};
  for (const [cell, name] of cellNames.entries()) {
    out[name] = {};
    for (let k = block.ptr[cell]!; k < block.ptr[cell + 1]!; k++) {
      out[name][genes.name[block.idx[k]!]!] = block.val[k]!;
    }
  }
  close();
  return out;
}

function values(columns: readonly LabelColumn[], name: string | null): (string | null)[] {
  const column = columns.find(candidate => candidate.name === name)!;
  return [...column.codes].map(code => (code < 0 ? null : column.levels[code]!));
}

function write(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const A = ',c1,c2,c3\nTP53,1,0,2\nERCC-00002,9,9,9\nEGFR,0,3,1\nACTB,5,5,5\nMADEUP,1,1,1\n';
const B = ',c1,d2\nENSG00000075624,7,8\nENSG00000141510,2,0\nENSG00000111640,1,1\n';

describe('import', () => {
  it('stores one file without spike-ins, with labels, and says what it did', async () => {
    const workspace = openWorkspace();
    const folder = temporaryFolder();
    const seen: Progress[] = [];
    const request: ImportRequest = {
      files: [
        {
          path: write(folder, 'lung.csv', A),
          options: {},
          labels: write(folder, 'labels.csv', 'cell,type\nc3,T\nc1,B\n'),
          labelOptions: {},
        },
      ],
    };
    const dataset = await run(workspace, request, undefined, value => seen.push(value));
    expect(dataset).toMatchObject({
      name: 'lung',
      cells: 3,
      genes: 4,
      totalCounts: 25,
      landmarks: 2,
      geneIds: 'symbol',
      alreadyLog: null,
      roles: { type: 'type', experiment: null, donor: null },
      types: [
        { type: 'B', cells: 1 },
        { type: 'T', cells: 1 },
      ],
      simulated: false,
      imported: request,
    });
    expect(dataset.sources).toMatchObject([{ cells: 3, genes: 5 }]);
    expect(dataset.warnings).toEqual([
      '1 spike-in (ERCC control RNA) of lung.csv was left out: no gene.',
      'labels.csv has labels for 2 of the 3 cells of lung.csv; 0 rows of it name no cell there.',
    ]);
    expect(countsOf(workspace, dataset.id)).toEqual({
      c1: { TP53: 1, ACTB: 5, MADEUP: 1 },
      c2: { EGFR: 3, ACTB: 5, MADEUP: 1 },
      c3: { TP53: 2, EGFR: 1, ACTB: 5, MADEUP: 1 },
    });
    expect(seen.at(-1)).toMatchObject({ phase: 'store', done: 3, of: 3 });
  });

  it('pools files on the genes they share, names experiments and cells after the files', async () => {
    const workspace = openWorkspace();
    const folder = temporaryFolder();
    const dataset = await run(workspace, {
      files: [
        { path: write(folder, 'first.csv', A), options: {} },
        { path: write(folder, 'second.csv', B), options: {} },
      ],
    });
    expect(dataset).toMatchObject({ name: 'first + second', cells: 5, genes: 2 });
    expect(dataset.experiments).toEqual([
      { experiment: 'first', cells: 3 },
      { experiment: 'second', cells: 2 },
    ]);
    expect(countsOf(workspace, dataset.id)).toEqual({
      first_c1: { TP53: 1, ACTB: 5 },
      first_c2: { ACTB: 5 },
      first_c3: { TP53: 2, ACTB: 5 },
      second_c1: { TP53: 2, ACTB: 7 },
      second_d2: { ACTB: 8 },
    });
    expect(dataset.warnings).toContain(
      'One cell name is used in several files (c1); all names now begin with the file.',
    );
    expect(dataset.warnings).toContain(
      'second.csv: 1 of its 3 genes is not in every other file and was left out, 1 landmark among them.',
    );
    expect(workspace.datasets.open(dataset.id).genes.ensembl).toEqual(['ENSG00000141510', 'ENSG00000075624']);
  });

  it('joins types that stand under other names, and keeps a named experiment column', async () => {
    const workspace = openWorkspace();
    const folder = temporaryFolder();
    const labels = write(folder, 'first.labels.csv', 'cell,cell_type,day\nc1,T,1\nc2,B,2\nc3,T,1\n');
    const others = write(folder, 'second.labels.csv', 'cell,cluster\nc1,B\nd2,NK\n');
    const dataset = await run(workspace, {
      files: [
        {
          path: write(folder, 'first.csv', A),
          options: {},
          labels,
          labelOptions: { experimentColumn: 'day', drop: [{ column: 'cell_type', value: 'B' }] },
        },
        { path: write(folder, 'second.csv', B), options: {}, labels: others },
      ],
    });
    const { columns, cellNames } = workspace.datasets.open(dataset.id);
    expect(cellNames).toEqual(['first_c1', 'first_c3', 'second_c1', 'second_d2']);
    expect(values(columns, dataset.roles.type)).toEqual(['T', 'T', 'B', 'NK']);
    expect(values(columns, dataset.roles.experiment)).toEqual(['1', '1', 'second', 'second']);
    expect(values(columns, 'cluster')).toEqual([null, null, 'B', 'NK']);
  });

  it('stores the same content once', async () => {
    const workspace = openWorkspace();
    const folder = temporaryFolder();
    const request = { files: [{ path: write(folder, 'lung.csv', A), options: {} }] };
    const first = await run(workspace, request);
    const second = await run(workspace, { ...request, name: 'Again' });
    expect(second.id).toBe(first.id);
    expect(second.warnings[0]).toBe(
      'These data were imported before, as "lung"; they are not stored a second time.',
    );
    expect(workspace.datasets.list()).toHaveLength(1);
  });

  it.each([
    ['BAD_FILE', 'bad.csv', ',c1\nTP53,x\n', {}],
    ['BAD_INPUT', 'other.csv', ',c1\nTP53,1\n', { labelOptions: { typeColumn: 'type' } }],
    ['NOT_POSSIBLE', 'strange.csv', ',c1\nMADEUP1,1\nMADEUP2,1\n', {}],
    ['BAD_INPUT', 'log.csv', ',c1\nTP53,1.5\n', { options: { alreadyLog: 2 } }],
  ])('leaves nothing after %s of %s', async (code, name, text, more) => {
    const workspace = openWorkspace();
    const folder = temporaryFolder();
    const files = [
      { path: write(folder, 'lung.csv', B), options: {} },
      { path: write(folder, name, text), options: {}, ...more },
    ];
    await expect(run(workspace, { files })).rejects.toMatchObject({ code });
    expectEmpty(workspace);
  });

  it('leaves nothing when it is cancelled while reading or storing', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'simulated');
    const quiet = { signal: new AbortController().signal, progress: () => {} };
    await simulateToFolder(reference(), { cells: 400, genes: 600, types: 2, seed: 1, out }, quiet);
    for (const phase of ['read', 'store']) {
      const workspace = openWorkspace();
      const stop = new AbortController();
      const files = [{ path: out, options: {} }];
      const work = run(workspace, { files }, stop.signal, value => {
        if ((value.phase === 'store') === (phase === 'store')) stop.abort();
      });
      await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
      expectEmpty(workspace);
    }
  });

  it('reads back what the simulator writes, with its labels', async () => {
    const workspace = openWorkspace();
    const out = join(temporaryFolder(), 'simulated');
    const quiet = { signal: new AbortController().signal, progress: () => {} };
    const { nonzeros } = await simulateToFolder(
      reference(),
      { cells: 300, genes: 700, types: 3, seed: 4, out },
      quiet,
    );
    const dataset = await run(workspace, {
      files: [{ path: out, options: {}, labels: join(out, 'labels.csv') }],
    });
    expect(dataset).toMatchObject({
      name: 'simulated',
      cells: 300,
      genes: 700,
      nonzeros,
      landmarks: Math.round((978 * 700) / 1500),
      roles: { type: 'cell_type', experiment: 'experiment' },
    });
    expect(dataset.types.map(type => type.cells)).toEqual([100, 100, 100]);
    expect(dataset.warnings).toEqual([]);
  });
});

withData('import of real data', () => {
  it('pools both five-line plates on their genes, with clean labels', async () => {
    const workspace = openWorkspace();
    const plate = (name: string): ImportRequest['files'][number] => ({
      path: testData(`sc_mixology/${name}.count.csv.gz`),
      options: {},
      labels: testData(`sc_mixology/${name}.metadata.csv.gz`),
      labelOptions: {
        typeColumn: 'cell_line_demuxlet',
        drop: [{ column: 'demuxlet_cls', value: 'DBL' }],
      },
    });
    const dataset = await run(workspace, {
      files: [plate('sc_celseq2_5cl_p1'), plate('sc_celseq2_5cl_p2')],
    });
    expect(dataset.cells).toBe(156 + 163);
    expect(dataset.types).toEqual([
      { type: 'A549', cells: 85 },
      { type: 'H838', cells: 82 },
      { type: 'H1975', cells: 61 },
      { type: 'H2228', cells: 51 },
      { type: 'HCC827', cells: 40 },
    ]);
    expect(dataset.experiments).toEqual([
      { experiment: 'sc_celseq2_5cl_p1', cells: 156 },
      { experiment: 'sc_celseq2_5cl_p2', cells: 163 },
    ]);
    expect(dataset).toMatchObject({ genes: 13694, landmarks: 927, geneIds: 'ensembl' });
    expect(dataset.warnings.filter(warning => warning.includes('spike-ins'))).toHaveLength(2);
  });

  it.each([
    ['filtered_feature_bc_matrix', 'ensembl'],
    ['filtered_feature_bc_matrix.h5', 'ensembl'],
    ['pbmc_csr.h5ad', 'ensembl'],
    ['counts_genes_by_cells.csv.gz', 'symbol'],
    ['pbmc.rds', 'symbol'],
    ['SRA_TEST.sparse.RData', 'panglaodb'],
  ])('stores the same 283 cells from %s', async (name, geneIds) => {
    const workspace = openWorkspace();
    const dataset = await run(workspace, { files: [{ path: testData(`pbmc283/${name}`), options: {} }] });
    expect(dataset).toMatchObject({
      cells: 283,
      genes: 914,
      nonzeros: 82904,
      totalCounts: 352187,
      landmarks: 68,
      geneIds,
    });
  });
});
