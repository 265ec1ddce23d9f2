/**
 * How fast this computer is, for times said beforehand: from finished runs of this workspace that were made on this
 * computer with this engine, else roughly from one timed matrix product.
 */
import { cpus } from 'node:os';
import { z } from 'zod';
import { createRandom } from '../../core/random.ts';
import type { RunSummary } from '../../shared/model.ts';
import type { TensorEngine } from '../tensor/backend.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { Runs } from '../workspace/runs.ts';
import type { Lap, Phase } from './meter.ts';

export const TIMINGS_FILE = 'timings.json';

const KINDS = ['prepare', 'embedding', 'linear', 'network', 'random', 'finish'] as const;
type Kind = (typeof KINDS)[number];

/** Seconds per unit of cost of each kind of phase. */
export type Speeds = Readonly<Record<Kind, number>>;

export interface KnownSpeeds {
  readonly speeds: Speeds;
  /** Runs that they were measured in; empty where they are rough. */
  readonly runs: readonly string[];
}

const timingsShape = z.object({
  machine: z.string(),
  engine: z.string(),
  phases: z.array(z.object({ phase: z.string(), cost: z.number().positive(), seconds: z.number() })),
});
type Timings = z.infer<typeof timingsShape>;

/** Newest runs that are looked at: speed changes little, and each costs a small file. */
const RUNS = 5;
/** Rows of the timed product, and how often it is repeated. */
const PRODUCT = { size: 384, times: 6 };
/**
 * Seconds per unit of cost where a product of matrices runs at 5e10 multiply-adds a second: measured with the quick
 * recipe on 1,500 cells x 2,500 genes on two cores. Small steps, Adam and reading keep a network below the speed of one
 * large product.
 */
const AT_REFERENCE: Speeds = { prepare: 2, embedding: 1.4, linear: 1.3, network: 5, random: 1.3, finish: 1 };
const REFERENCE = 5e10;
/** Kinds of work that are mostly products of matrices, and as much slower as these are. */
const PRODUCTS: readonly Kind[] = ['linear', 'network', 'random'];

/** Keeps how long the phases took, for later estimates. @param plan costs in units, with the epochs really done */
export function writeTimings(
  folder: RunFolder,
  engine: TensorEngine,
  plan: readonly Phase[],
  laps: readonly Lap[],
): void {
  const phases = laps
    .filter(lap => lap.whole)
    .flatMap(({ phase, seconds }) => {
      const cost = plan.find(planned => planned.phase === phase)?.cost ?? 0;
      return cost > 0 ? [{ phase, cost, seconds }] : [];
    });
  const timings: Timings = { machine: machineName(), engine: engineName(engine), phases };
  folder.writeJson(TIMINGS_FILE, timings);
}

/** From finished runs; null where there is none of this computer and engine. */
export function measuredSpeeds(runs: Runs, engine: TensorEngine): KnownSpeeds | null {
  const names: string[] = [];
  const sums = new Map<Kind, { cost: number; seconds: number }>();
  for (const run of runs.list().filter(({ status }) => status === 'done')) {
    const timings = timingsOf(runs, run);
    if (timings?.machine !== machineName() || timings.engine !== engineName(engine)) continue;
    names.push(run.name);
    for (const { phase, cost, seconds } of timings.phases) {
      const kind = kindOf(phase);
      const sum = sums.get(kind) ?? { cost: 0, seconds: 0 };
      sums.set(kind, { cost: sum.cost + cost, seconds: sum.seconds + seconds });
    }
    if (names.length === RUNS) break;
  }
  // A run that was resumed may have timed nothing that matters.
  if (!sums.has('network')) return null;
  const of = (kind: Kind): number => {
    const sum = sums.get(kind);
    return sum === undefined ? AT_REFERENCE[kind] : sum.seconds / sum.cost;
  };
  return { speeds: speedsBy(of), runs: names };
}

let product: { readonly engine: TensorEngine; readonly rate: number } | null = null;

/** From one timed product of matrices, measured once. */
export function roughSpeeds(engine: TensorEngine): KnownSpeeds {
  if (product?.engine !== engine) product = { engine, rate: productRate(engine) };
  const slower = REFERENCE / product.rate;
  return {
    speeds: speedsBy(kind => AT_REFERENCE[kind] * (PRODUCTS.includes(kind) ? slower : 1)),
    runs: [],
  };
}

/** Multiply-adds a second. */
function productRate(engine: TensorEngine): number {
  const { size, times } = PRODUCT;
  const values = createRandom('speed').fillUniform(new Float32Array(size * size), -1, 1);
  return engine.scope(() => {
    const a = engine.tensor(values, [size, size]);
    // The first product pays for setting up.
    engine.read(engine.matMul(a, a));
    const seconds = Array.from({ length: times }, () => {
      const started = performance.now();
      engine.read(engine.matMul(a, a));
      return (performance.now() - started) / 1000;
    });
    // The fastest, because other programs can only make it slower.
    return size ** 3 / Math.max(1e-6, Math.min(...seconds));
  });
}

function timingsOf(runs: Runs, { id }: RunSummary): Timings | null {
  const parsed = timingsShape.safeParse(runs.folder(id).readJson(TIMINGS_FILE));
  return parsed.success ? parsed.data : null;
}

function kindOf(phase: string): Kind {
  if (phase.startsWith('linear')) return 'linear';
  if (phase.startsWith('random') || phase === 'choose') return 'random';
  return KINDS.find(kind => kind === phase) ?? 'network';
}

function speedsBy(of: (kind: Kind) => number): Speeds {
  return Object.fromEntries(KINDS.map(kind => [kind, of(kind)])) as Record<Kind, number>;
}

function engineName({ info }: TensorEngine): string {
  return `${info.name} ${info.version}`;
}

function machineName(): string {
  const processors = cpus();
  return `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown processor'}`;
}
