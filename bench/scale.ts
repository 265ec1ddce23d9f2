/**
 * Time and memory against the number of cells: import, filters, maps of a sample, one epoch of every network, panel, scores.
 * F910_BENCH_CELLS names other sizes, as "10000,30000".
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadReference } from '../src/engine/genes/reference.ts';
import { freeBytes } from '../src/engine/workspace/storage-error.ts';
import { writeLargeData } from './large-data.ts';
import { summarise, type Bench, type Measurement } from './measurement.ts';
import { makeBed } from './simulated.ts';

const SIZES = [
  { cells: 10_000, genes: 10_000 },
  { cells: 30_000, genes: 10_000 },
  { cells: 100_000, genes: 10_000 },
  { cells: 100_000, genes: 20_000 },
  { cells: 300_000, genes: 10_000 },
  { cells: 1_000_000, genes: 10_000 },
];
/** Text, stored counts and the copy while they are written, by cell. */
const DISK_PER_CELL = 600 * (14 + 8 + 8);
const SETTINGS = ['minLibrarySize=0', 'epochs=1'];

export const scale: Bench = {
  name: 'scale',
  data: 'made-up sparse counts of 12 types, about 600 genes a cell, as 10x MTX; one epoch of every network',
  async run(say) {
    const asked = process.env['F910_BENCH_CELLS']?.split(',').map(Number);
    const sizes = asked ? SIZES.filter(({ cells }) => asked.includes(cells)) : SIZES;
    const { genes } = loadReference(fileURLToPath(new URL('../resources', import.meta.url)));
    const symbols = [...genes]
      .sort((a, b) => Number(b.landmark >= 0) - Number(a.landmark >= 0))
      .map(g => g.symbol);
    const measurements: Measurement[] = [];
    for (const { cells, genes: width } of sizes) {
      const bed = makeBed();
      const what = `${cells.toLocaleString('en')} cells x ${width.toLocaleString('en')} genes`;
      try {
        const free = freeBytes(bed.folder);
        if (free !== null && free < cells * DISK_PER_CELL) {
          say(`  ${what}: left out, it needs ${((cells * DISK_PER_CELL) / 1e9).toFixed(0)} GB of disk.`);
          continue;
        }
        const folder = join(bed.folder, 'large');
        const entries = writeLargeData(folder, cells, symbols.slice(0, width));
        const imported = await bed.f910(['import', '--quiet', '--json', folder]);
        rmSync(folder, { recursive: true });
        const { id } = JSON.parse(imported.stdout) as { id: string };
        const run = await bed.f910(['run', '--quiet', '--dataset', id, '--set', ...SETTINGS]);
        const detail = `${(entries / 1e6).toFixed(0)} million entries`;
        for (const [step, { seconds, peakBytes }] of [
          ['import', imported],
          ['run', run],
        ] as const) {
          measurements.push(summarise(`${step}, ${what}`, 's', [seconds], detail));
          if (peakBytes === null) continue;
          measurements.push(
            summarise(`peak memory of ${step}, ${what}`, 'GB', [peakBytes / 1e9], 'process tree'),
          );
        }
        for (const m of measurements.slice(-4)) say(`  ${m.what}: ${m.value.toFixed(2)} ${m.unit}`);
      } finally {
        bed.remove();
      }
    }
    return measurements;
  },
};
