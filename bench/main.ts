/**
 * `npm run bench [-- NAME...]`: runs benchmarks one after the other, prints what they measured, writes
 * bench/results/<name>.json, and puts the tables into docs/performance.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canvas } from './canvas.ts';
import { embedding } from './embedding.ts';
import { importing } from './import.ts';
import { bundles, inputLatency, startUp } from './interface.ts';
import type { Bench, Measurement } from './measurement.ts';
import { recipe } from './recipe.ts';
import { scale } from './scale.ts';
import { training } from './training.ts';

const BENCHES: readonly Bench[] = [
  startUp,
  inputLatency,
  canvas,
  bundles,
  training,
  recipe,
  importing,
  embedding,
  scale,
];

const results = fileURLToPath(new URL('results/', import.meta.url));
const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !BENCHES.some(bench => bench.name === name));
if (unknown.length > 0) {
  say(
    `There is no benchmark ${unknown.join(', ')}. There are ${BENCHES.map(({ name }) => name).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  for (const bench of BENCHES) if (wanted.length === 0 || wanted.includes(bench.name)) await measure(bench);
}

async function measure(bench: Bench): Promise<void> {
  say(`\n${bench.name}: ${bench.data}`);
  const measurements = await bench.run(say);
  for (const m of measurements) say(`  ${m.what}: ${figure(m.value)} ${m.unit} (${range(m)})`);
  if (measurements.length === 0) return;
  const machine = {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  const record = {
    bench: bench.name,
    data: bench.data,
    date: new Date().toISOString(),
    machine,
    measurements,
  };
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${bench.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
  putTable(bench, record.machine, measurements);
}

/** Between the marks of the benchmark, where the page has them. */
function putTable(bench: Bench, machine: object, measurements: readonly Measurement[]): void {
  const marks = [`<!-- bench:${bench.name} -->`, `<!-- /bench:${bench.name} -->`] as const;
  const text = readFileSync(page, 'utf8');
  const [from, to] = marks.map(mark => text.indexOf(mark)) as [number, number];
  if (from < 0 || to < from) return say(`docs/performance.md has no place for ${bench.name}.`);
  const rows = measurements.map(
    m => `| ${m.what} | ${figure(m.value)} ${m.unit} | ${range(m)} | ${m.detail} |`,
  );
  const table = [
    `Data: ${bench.data}. Machine: ${Object.values(machine).join(', ')}.`,
    '',
    '| what | median | range | conditions |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
  writeFileSync(page, `${text.slice(0, from + marks[0].length)}\n\n${table}\n\n${text.slice(to)}`);
}

function range({ low, high, repetitions, unit }: Measurement): string {
  return repetitions === 1 ? 'once' : `${figure(low)} to ${figure(high)} ${unit}, ${repetitions} times`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
