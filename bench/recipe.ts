/** The whole recipe from a 10x folder to its scores, beside the same recipe in scipy, scikit-learn and PyTorch. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadReference } from '../src/engine/genes/reference.ts';
import type { RunMetrics } from '../src/shared/model.ts';
import { ratios, summarise, type Bench, type Measurement } from './measurement.ts';
import { findPeer } from './peers.ts';
import { makeBed, simulate, type Bed } from './simulated.ts';

/** Twenty minutes each with both peers. */
const ROUNDS = Number(process.env['F910_BENCH_ROUNDS'] ?? 2);
const FORMS = [
  { name: 'scikit-learn and PyTorch', flags: [] },
  { name: 'scikit-learn and PyTorch, tuned', flags: ['--tuned'] },
] as const;

interface PeerRun {
  readonly seconds: Readonly<Record<string, number>>;
  readonly ev: Readonly<Record<string, number>>;
  readonly genes: number;
  readonly panel: number;
  readonly epochs: Readonly<Record<string, number>>;
}

export const recipe: Bench = {
  name: 'recipe',
  data: 'simulated 15,933 cells x 8,960 genes as 10x MTX, gzipped; preset paper',
  async run(say) {
    const peer = findPeer(['scipy', 'sklearn', 'torch'], say);
    const bed = makeBed();
    try {
      const folder = await simulate(bed);
      const ours: number[] = [];
      const peaks: number[] = [];
      const theirs = FORMS.map(() => [] as number[]);
      const found = FORMS.map(() => null as PeerRun | null);
      let metrics: RunMetrics | undefined;
      for (let round = 0; round < ROUNDS; round++) {
        const run = await ownRun(bed, folder);
        metrics = run.metrics;
        ours.push(run.seconds);
        if (run.peakBytes !== null) peaks.push(run.peakBytes / 1e9);
        if (peer === null) continue;
        for (const [k, { flags }] of FORMS.entries()) {
          const { result } = await peer.run<PeerRun>('recipe.py', [folder, '--like', run.like, ...flags]);
          theirs[k]!.push(Object.values(result.seconds).reduce((sum, s) => sum + s, 0));
          found[k] = result;
          say(`  ${JSON.stringify({ ours: run.seconds, ...result })}`);
        }
      }
      const measurements: Measurement[] = [
        summarise('recipe', 's', ours, `the whole program, import and maps included; ${evs(evOf(metrics!))}`),
        summarise('peak memory of the recipe', 'GB', peaks, 'process tree'),
      ];
      for (const [k, { name }] of FORMS.entries()) {
        const result = found[k];
        if (!result) continue;
        const phases = Object.entries(result.seconds).map(([phase, s]) => `${phase} ${s.toFixed(0)}`);
        const detail = `${phases.join(', ')} s in the last round; ${evs(result.ev)}; ${peer!.versions}`;
        measurements.push(summarise(`${name}: recipe`, 's', theirs[k]!, detail));
        measurements.push(ratios(`against ${name}: recipe`, ours, theirs[k]!, 'ratio of each round'));
      }
      return measurements;
    } finally {
      bed.remove();
    }
  },
};

async function ownRun(bed: Bed, folder: string) {
  const labels = ['--labels', join(folder, 'labels.csv')];
  const { seconds, peakBytes, stdout } = await bed.f910(['run', folder, ...labels, '--quiet', '--json']);
  const { run, metrics } = JSON.parse(stdout) as { run: { id: string }; metrics: RunMetrics };
  const workspace = join(bed.folder, 'workspace');
  const { genes } = loadReference(fileURLToPath(new URL('../resources', import.meta.url)));
  const like = join(bed.folder, 'like.json');
  const select = metrics.models.find(model => model.id === 'select');
  writeFileSync(
    like,
    JSON.stringify({
      params: metrics.params,
      lambda: select!.lasso!.lambda,
      landmarks: genes.filter(gene => gene.landmark >= 0).map(gene => gene.symbol),
      split: JSON.parse(readFileSync(join(workspace, 'runs', run.id, 'split.json'), 'utf8')) as unknown,
    }),
  );
  rmSync(workspace, { recursive: true });
  return { seconds, peakBytes, metrics, like };
}

function evOf({ models }: RunMetrics): Record<string, number> {
  return Object.fromEntries(models.flatMap(({ id, ev }) => (ev === null || id === 'mean' ? [] : [[id, ev]])));
}

function evs(of: Readonly<Record<string, number>>): string {
  const each = Object.entries(of).map(([id, ev]) => `${id} ${ev.toFixed(3)}`);
  return `explained variance on the test cells: ${each.join(', ')}`;
}
