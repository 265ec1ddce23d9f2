/** Import into the workspace, checksums and gene names included, beside others' bare reading of the matrix. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readPath } from '../src/engine/readers/index.ts';
import { environmentFor } from '../src/main/paths.ts';
import { ratios, summarise, type Bench, type Measurement } from './measurement.ts';
import { findPeer } from './peers.ts';
import { makeBed, simulate } from './simulated.ts';

const ROUNDS = 2;
const CSV_CELLS = 8_000;
const PACKAGES = ['scipy', 'pandas', 'h5py', 'anndata'];

interface Format {
  readonly name: string;
  readonly kind: 'mtx' | 'csv' | 'h5' | 'h5ad';
  /** What we import, and what the peer reads. */
  readonly path: string;
  readonly file: string;
  readonly nonzeros: number;
}

export const importing: Bench = {
  name: 'import',
  data: `simulated 15,933 cells x 8,960 genes; of these ${CSV_CELLS.toLocaleString('en')} cells as CSV`,
  async run(say) {
    const peer = findPeer(PACKAGES, say);
    const bed = makeBed();
    try {
      const folder = await simulate(bed);
      const { nonzeros, csvNonzeros } = peer
        ? (await peer.run<Record<string, number>>('write_counts.py', [folder, bed.folder, String(CSV_CELLS)]))
            .result
        : { nonzeros: 0, csvNonzeros: 0 };
      const plain = unpacked(folder, join(bed.folder, 'plain'));
      const formats: Format[] = [
        { name: '10x MTX', kind: 'mtx', path: plain, file: join(plain, 'matrix.mtx'), nonzeros: nonzeros! },
        {
          name: '10x MTX, gzipped',
          kind: 'mtx',
          path: folder,
          file: join(folder, 'matrix.mtx.gz'),
          nonzeros: nonzeros!,
        },
        ...(peer === null
          ? []
          : (
              [
                ['CSV', 'csv', 'counts.csv', csvNonzeros!],
                ['CSV, gzipped', 'csv', 'counts.csv.gz', csvNonzeros!],
                ['10x H5', 'h5', 'counts.h5', nonzeros!],
                ['h5ad', 'h5ad', 'counts.h5ad', nonzeros!],
              ] as const
            ).map(([name, kind, file, entries]) => {
              const path = join(bed.folder, file);
              return { name, kind, path, file: path, nonzeros: entries };
            })),
      ];
      if (peer !== null) pack(join(bed.folder, 'counts.csv'));
      const measurements: Measurement[] = [];
      for (const format of formats) {
        const ours: number[] = [];
        const read: number[] = [];
        const peaks: number[] = [];
        const theirs = { usual: [] as number[], tuned: [] as number[] };
        for (let round = 0; round < ROUNDS; round++) {
          const { seconds, peakBytes } = await bed.f910(['import', '--quiet', format.path]);
          ours.push(seconds);
          if (peakBytes !== null) peaks.push(peakBytes / 1e6);
          rmSync(join(bed.folder, 'workspace'), { recursive: true, force: true });
          read.push(await readingAlone(format.path, bed.folder));
          if (peer === null) continue;
          for (const form of format.kind.startsWith('h5')
            ? (['usual'] as const)
            : (['usual', 'tuned'] as const)) {
            const flags = form === 'tuned' ? ['--tuned'] : [];
            const { result } = await peer.run<{ seconds: number }>('read_counts.py', [
              format.kind,
              format.file,
              ...flags,
            ]);
            theirs[form].push(result.seconds);
          }
        }
        say(`  ${format.name}: ${JSON.stringify({ ours, read, ...theirs, peaks })}`);
        measurements.push(...described(format, { ours, read, peaks, ...theirs }, peer?.versions ?? ''));
      }
      return measurements;
    } finally {
      bed.remove();
    }
  },
};

/** Seconds that the reader takes, with nothing stored. */
async function readingAlone(path: string, workspace: string): Promise<number> {
  const { worker } = environmentFor({
    workspace,
    entryUrl: new URL('../src/main/cli.ts', import.meta.url).href,
  });
  const { signal } = new AbortController();
  const started = performance.now();
  await readPath(path, {}, { rows: () => {} }, { signal, progress: () => {}, worker });
  return (performance.now() - started) / 1000;
}

/** The three files of a 10x folder without gzip. */
function unpacked(folder: string, into: string): string {
  mkdirSync(into);
  for (const name of ['matrix.mtx', 'features.tsv', 'barcodes.tsv'])
    writeFileSync(join(into, name), gunzipSync(readFileSync(join(folder, `${name}.gz`))));
  return into;
}

function pack(path: string): void {
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 6 }));
}

function described(
  { name, file, nonzeros }: Format,
  {
    ours,
    read,
    peaks,
    usual,
    tuned,
  }: Readonly<Record<'ours' | 'read' | 'peaks' | 'usual' | 'tuned', number[]>>,
  versions: string,
): Measurement[] {
  const size = `${(statSync(file).size / 1e6).toFixed(0)} MB`;
  const allowed = (2 * 8 * nonzeros) / 1e6 + 300;
  return [
    summarise(
      `import of ${name}`,
      's',
      ours,
      `${size}; the whole program, from its start to the stored data set`,
    ),
    summarise(`reading ${name}`, 's', read, 'into blocks that are thrown away'),
    ...(peaks.length > 0
      ? [
          summarise(
            `peak memory, ${name}`,
            'MB',
            peaks,
            nonzeros > 0
              ? `twice the sparse matrix plus 300 MB are ${allowed.toFixed(0)} MB`
              : 'of the process tree',
          ),
        ]
      : []),
    ...(
      [
        ['usual', usual],
        ['tuned', tuned],
      ] as const
    ).flatMap(([form, seconds]) =>
      seconds.length === 0
        ? []
        : [
            summarise(`peer: reading ${name}, ${form}`, 's', seconds, `reading alone; ${versions}`),
            ratios(`import against reading ${name}, ${form}`, ours, seconds, 'ratio of each round'),
            ratios(`reading against reading ${name}, ${form}`, read, seconds, 'ratio of each round'),
          ],
    ),
  ];
}
