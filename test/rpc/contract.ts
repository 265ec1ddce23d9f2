/** A small contract with one procedure of every kind, for the tests of the transports. */
import { AppError, badInput } from '../../src/shared/errors.ts';
import { procedure, type Contract } from '../../src/shared/rpc/procedure.ts';
import type { Handlers } from '../../src/shared/rpc/server.ts';

function count(raw: unknown): { n: number } {
  const n = (raw as { n?: unknown } | null)?.n;
  if (typeof n !== 'number') throw badInput('n', 'n is a number.');
  return { n };
}

export const sample = {
  'embed.pca': procedure<{ n: number }, { scores: Float32Array; ids: Uint16Array; gap: number }>(count),
  'panel.select': procedure<{ n: number }, { genes: number }, { epoch: number; of: number }>(count),
  'dataset.open': procedure<{ n: number }, never>(count),
  /** Progress in parts that must all arrive. */
  'maps.settle': procedure<{ n: number }, { parts: number }, Readonly<Record<string, number>>>(
    count,
    (earlier, later) => ({ ...earlier, ...later }),
  ),
  /** Never settles, whatever it is asked. */
  'engine.stall': procedure<{ n: number }, never>(count),
} satisfies Contract;
export type Sample = typeof sample;

export const sampleHandlers: Handlers<Sample> = {
  'embed.pca': ({ n }) => ({
    scores: Float32Array.from({ length: n }, (_, i) => (i === 0 ? NaN : i / 2)),
    ids: Uint16Array.of(1, 2, 3).subarray(1),
    gap: -Infinity,
  }),
  'panel.select': async ({ n }, { signal, progress }) => {
    for (let epoch = 1; epoch <= n; epoch++) {
      signal.throwIfAborted();
      progress({ epoch, of: n });
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    return { genes: n };
  },
  'maps.settle': ({ n }, { progress }) => {
    for (let part = 0; part < n; part++) progress({ [`part ${part}`]: part });
    return { parts: n };
  },
  'dataset.open': () => {
    throw new AppError('FORMAT_UNRECOGNISED', 'x.txt is no count matrix.', {
      file: 'x.txt',
      reads: ['h5ad'],
    });
  },
  'engine.stall': () => new Promise<never>(() => {}),
};
