/** Maps of the cells, beside scikit-learn and umap-learn on the same variable genes. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { computeEmbedding, highlyVariableGenes } from '../src/engine/embed/embed.ts';
import { prepare } from '../src/engine/recipe/prepare.ts';
import { fillDense, columnMap } from '../src/engine/steps/predictor.ts';
import { openDataset } from '../src/engine/workspace/dataset.ts';
import { environmentFor } from '../src/main/paths.ts';
import { PRESETS } from '../src/shared/params.ts';
import { ratios, summarise, type Bench, type Measurement } from './measurement.ts';
import { findPeer } from './peers.ts';
import { makeBed, simulate } from './simulated.ts';

const ROUNDS = 2;
const PCS = 25;
const STEPS = { pca: 'PCA', tsne: 't-SNE', umap: 'UMAP' } as const;
type Step = keyof typeof STEPS;

interface Found {
  readonly seconds: Readonly<Record<Step, number>>;
  readonly kept: Readonly<Record<string, number>>;
  readonly variance: Readonly<Record<string, number>>;
}

export const embedding: Bench = {
  name: 'embedding',
  data: 'simulated 15,933 cells x 8,960 genes, 12 types: 2,000 variable genes, 25 components',
  async run(say) {
    const peer = findPeer(['sklearn', 'umap'], say);
    const bed = makeBed();
    try {
      await bed.f910(['import', '--quiet', await simulate(bed)]);
      const datasets = join(bed.folder, 'workspace', 'datasets');
      const dataset = openDataset(join(datasets, readdirSync(datasets)[0]!));
      const own = ownRounds(dataset, bed.folder);
      const seconds: Record<Step, number[]> = { pca: [], tsne: [], umap: [] };
      const cancels: number[] = [];
      const theirs: Found[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const took = await own.map();
        for (const step of Object.keys(STEPS) as Step[]) seconds[step].push(took[step] ?? NaN);
        for (const after of ['pca', 'neighbours', 'tsne', 'umap']) cancels.push(await own.cancelled(after));
        say(`  ${JSON.stringify(took)}`);
        if (peer !== null) theirs.push((await peer.run<Found>('embedding.py', [bed.folder])).result);
      }
      dataset.close();
      return measurements(seconds, cancels, theirs, peer?.versions ?? '');
    } finally {
      bed.remove();
    }
  },
};

function ownRounds(dataset: ReturnType<typeof openDataset>, folder: string) {
  const entryUrl = new URL('../src/main/cli.ts', import.meta.url).href;
  const environment = environmentFor({ workspace: folder, entryUrl });
  const quiet = { signal: new AbortController().signal, progress: () => {} };
  const prepared = prepare(dataset, PRESETS.paper, 4e9, quiet);
  const write = (name: string, values: Float32Array): void =>
    writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  let written = false;
  return {
    /** Seconds of every step; its results are left in the folder for the peer. */
    async map(): Promise<Record<string, number>> {
      const { rows, preprocessed } = await prepared;
      const starts: [string, number][] = [];
      const progress = ({ phase }: { phase: string }): void => {
        if (starts.at(-1)?.[0] !== phase) starts.push([phase, performance.now()]);
      };
      const { signal } = quiet;
      const maps = await computeEmbedding(rows, preprocessed, {}, environment, { signal, progress });
      starts.push(['end', performance.now()]);
      if (!written) {
        const { chosen } = await highlyVariableGenes(rows, {}, environment, quiet);
        const all = rows.read(0, rows.cells);
        const dense = new Float32Array(rows.cells * chosen.length);
        write('genes.f32', fillDense(all, columnMap(chosen, rows.genes), chosen.length, dense));
        const size = { cells: rows.cells, genes: chosen.length, pcs: PCS };
        writeFileSync(join(folder, 'size.json'), JSON.stringify(size));
        write('own.scores.f32', maps.scores);
        write('own.tsne.f32', maps.tsne);
        write('own.umap.f32', maps.umap);
        written = true;
      }
      return Object.fromEntries(
        starts.slice(0, -1).map(([phase, at], k) => [phase, (starts[k + 1]![1] - at) / 1000]),
      );
    },
    /** Seconds from a cancel in the middle of a phase to its end. */
    async cancelled(phase: string): Promise<number> {
      const { rows, preprocessed } = await prepared;
      const controller = new AbortController();
      let asked = 0;
      const progress = (value: { phase: string }): void => {
        if (value.phase !== phase || asked > 0) return;
        asked = performance.now();
        controller.abort();
      };
      const { signal } = controller;
      await computeEmbedding(rows, preprocessed, {}, environment, { signal, progress }).catch(() => {});
      return (performance.now() - asked) / 1000;
    },
  };
}

function measurements(
  seconds: Readonly<Record<Step, number[]>>,
  cancels: readonly number[],
  theirs: readonly Found[],
  versions: string,
): Measurement[] {
  const cores = `${availableParallelism()} threads`;
  return [
    ...(Object.keys(STEPS) as Step[]).flatMap(step => {
      const name = STEPS[step];
      const kept = (whose: string): string => {
        const share = theirs[0]?.kept[`${whose} ${step}`];
        return share === undefined ? '' : `; keeps ${(100 * share).toFixed(1)} % of 15 neighbours`;
      };
      const own = summarise(name, 's', seconds[step], `${cores}${kept('own')}`);
      if (theirs.length === 0) return [own];
      const others = theirs.map(found => found.seconds[step]);
      const whose = step === 'umap' ? 'umap-learn' : 'scikit-learn';
      return [
        own,
        summarise(`${whose}: ${name}`, 's', others, `${versions}${kept('peer')}`),
        ratios(`against ${whose}: ${name}`, seconds[step], others, 'ratio of each round'),
      ];
    }),
    summarise('Cancel to end', 's', cancels, 'in PCA, neighbours, t-SNE and UMAP'),
  ];
}
