/**
 * A process that uses a workspace without pause until it is killed, and says on standard output what it has finished
 * (stored ID, started ID, done ID) and what it is about to delete (deleting ID).
 * Run by the tests of crashes: node workspace-writer.ts FOLDER SEED [hold]; with `hold` it stays at its first run.
 */
import { writeSync } from 'node:fs';
import { createRandom } from '../../src/core/random.ts';
import { Workspace } from '../../src/engine/workspace/workspace.ts';

const [folder = '', seed = '0', hold] = process.argv.slice(2);
const random = createRandom(Number(seed), 'writer');
const workspace = Workspace.open(folder, { appVersion: '1.2.3' });
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

function storeOne(): string {
  const [cells, genes] = [1 + random.nextInt(60), 40];
  const writer = workspace.datasets.create();
  for (let c = 0; c < cells; c++) {
    const idx = Uint32Array.from({ length: genes }, (_, g) => g).filter(() => random.next() < 0.5);
    const val = Float32Array.from(idx, () => 1 + random.nextInt(9));
    writer.rows({ rows: 1, ptr: Float64Array.of(0, idx.length), idx, val });
  }
  const names = Array.from({ length: genes }, (_, g) => `G${g}`);
  return writer.finish({
    name: `Set ${seed}`,
    genes: {
      name: names,
      symbol: names,
      ensembl: names.map(() => ''),
      entrez: names.map(() => 0),
      landmark: names.map(() => -1),
    },
    cellNames: Array.from({ length: cells }, (_, c) => `c${c}`),
    columns: [],
    roles: { type: null, experiment: null, donor: null },
    sources: [],
    geneIds: 'symbol',
    alreadyLog: null,
    simulated: true,
    warnings: [],
    imported: null,
  }).id;
}

say('ready');
for (;;) {
  const dataset = storeOne();
  say(`stored ${dataset}`);
  const run = workspace.runs.create({
    datasetId: dataset,
    preset: 'quick',
    seed: 1,
    params: { seed: 1 },
    paramsVersion: 1,
  });
  say(`started ${run.id}`);
  if (hold === 'hold') await new Promise(() => setInterval(() => {}, 1000));
  for (let epoch = 0; epoch < 5; epoch++) {
    const weights = new Float64Array(3000).fill(epoch);
    run.writeBytes('checkpoint.bin', new Uint8Array(weights.buffer));
    run.writeJson('state.json', { epoch, text: 'x'.repeat(2000) });
    run.log({ epoch });
  }
  workspace.runs.update(run.id, { status: 'done', verdict: 'Good.' });
  say(`done ${run.id}`);
  if (random.next() < 0.5) {
    say(`deleting ${run.id}`);
    workspace.runs.delete(run.id);
    say(`deleting ${dataset}`);
    workspace.datasets.delete(dataset);
    if (random.next() < 0.5) workspace.bin.empty(0);
    else for (const { entry } of workspace.bin.list().slice(0, 1)) workspace.bin.restore(entry);
  }
}
