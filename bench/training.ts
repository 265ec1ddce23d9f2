/** Seconds of a training step, beside PyTorch's in alternating rounds. */
import { fileURLToPath } from 'node:url';
import { trainerSettings } from '../src/engine/tensor/process-settings.ts';
import { ratios, summarise, type Bench, type Measurement } from './measurement.ts';
import { findPeer } from './peers.ts';
import { watch } from './processes.ts';

export interface StepsOf {
  readonly genes: number;
  /** The first genes; all of them: a network of all on all. */
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly batch: number;
  readonly steps: number;
  readonly warmUp: number;
  readonly cells: number;
  readonly density: number;
  readonly weighted: boolean;
  readonly lasso: boolean;
}

const ROUNDS = 3;
/** Steps long enough that clocks and caches have settled, as they have in a training of thousands. */
const common = { genes: 8960, batch: 128, steps: 60, warmUp: 30, cells: 1024, density: 0.15 };
const plain = { ...common, weighted: false, lasso: false };
const full = { ...common, inputs: 8960, weighted: true, lasso: true };
const NETS: readonly (StepsOf & { readonly name: string })[] = [
  { name: 'full with group lasso', ...full, hidden: [512] },
  { name: 'L1000', ...plain, inputs: 978, hidden: [512] },
  { name: 'panel of 910', ...plain, inputs: 910, hidden: [512] },
  { name: 'two hidden layers, full with group lasso', ...full, hidden: [512, 512] },
  { name: 'narrow, L1000', ...plain, inputs: 978, hidden: [256] },
  { name: 'wide, three hidden layers, L1000', ...plain, inputs: 978, hidden: [1024, 512, 256] },
];

export const training: Bench = {
  name: 'training',
  data: '1,024 random cells x 8,960 genes, 15 % of the entries above zero; batches of 128 taken from them within the step',
  async run(say) {
    const peer = findPeer(['torch'], say);
    const measurements: Measurement[] = [];
    for (const { name, ...net } of NETS) {
      const ours: number[] = [];
      const theirs = { plain: [] as number[], fused: [] as number[] };
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await ownStep(net));
        if (peer === null) continue;
        for (const form of ['plain', 'fused'] as const) {
          const { result } = await peer.run<Steps>('training_steps.py', argumentsOf(net, form));
          theirs[form].push(medianMs(result));
        }
      }
      say(
        `  ${name}: ${[ours, theirs.plain, theirs.fused].map(of => of.map(ms => ms.toFixed(1)).join(' ')).join(' | ')}`,
      );
      const shape = `${net.inputs} - ${net.hidden.join(' - ')} - ${net.inputs === net.genes ? net.genes : net.genes - net.inputs}`;
      const detail = `${shape}, median of ${net.steps} steps in each round`;
      measurements.push(summarise(`step, ${name}`, 'ms', ours, detail));
      if (peer === null) continue;
      for (const [form, words] of [
        ['plain', 'PyTorch'],
        ['fused', 'PyTorch, fused Adam'],
      ] as const) {
        const what = `${words}: step, ${name}`;
        measurements.push(summarise(what, 'ms', theirs[form], `${detail}; ${peer.versions}`));
        measurements.push(ratios(`against ${what}`, ours, theirs[form], 'ratio of each round'));
      }
    }
    return measurements;
  },
};

interface Steps {
  readonly seconds: readonly number[];
}

async function ownStep(net: StepsOf): Promise<number> {
  const script = fileURLToPath(new URL('training-steps.ts', import.meta.url));
  const { stdout } = await watch(process.execPath, [script, JSON.stringify(net)], trainerSettings());
  return medianMs(JSON.parse(stdout) as Steps);
}

function argumentsOf(net: StepsOf, form: 'plain' | 'fused'): string[] {
  const { genes, inputs, hidden, batch, steps, warmUp, cells, density, weighted, lasso } = net;
  const values = { genes, inputs, hidden: hidden.join(), batch, steps, 'warm-up': warmUp, cells, density };
  const flags = { weighted, lasso, fused: form === 'fused' };
  return [
    ...Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...Object.entries(flags).flatMap(([name, set]) => (set ? [`--${name}`] : [])),
  ];
}

function medianMs({ seconds }: Steps): number {
  return summarise('', '', seconds, '').value * 1000;
}
