import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { chunkIndexOf } from '../../../src/engine/readers/hdf5/chunk-index.ts';
import { withHdf5 } from '../../../src/engine/readers/hdf5/file.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { testData, withData } from '../../support/data.ts';

const LENGTH = 20_000;
const CHUNK = 1_024;
/** Written by h5py; lists.py beside it says how. */
const path = fileURLToPath(new URL('../../fixtures/hdf5/lists.h5', import.meta.url));
const LISTS = ['plain', 'shuffled'].flatMap(group =>
  ['i4', 'f4', 'i8', 'u2', 'i1'].map(kind => [group, kind] as const),
);

describe('chunks of an HDF5 file, unpacked past the library', () => {
  it.each(LISTS)('of %s %s are what the library reads, in any stretch', async (group, kind) => {
    await withHdf5(path, 'lists.h5', async root => {
      const list = root.group(group)!.needDataset(kind);
      const packed = list.packed(path)!;
      for (const [from, to] of [
        [0, LENGTH],
        [0, 1],
        [CHUNK - 1, CHUNK + 1],
        [5_000, 13_000],
        [LENGTH - 5, LENGTH],
      ] as const) {
        // Whole numbers of 8 bytes may come as others, of 4.
        expect(Array.from((await packed.read(from, to))!)).toEqual(Array.from(list.numbers([[from, to]])));
      }
      packed.close();
    });
  });

  it('are not looked for where the list is not compressed, or the path is none', () => {
    expect(chunkIndexOf(path, 'contiguous', 3)).toBeNull();
    expect(chunkIndexOf(path, 'plain/none', LENGTH)).toBeNull();
    expect(chunkIndexOf(path, 'plain', LENGTH)).toBeNull();
    expect(chunkIndexOf(path, 'plain/i4', LENGTH + CHUNK)).toBeNull();
    const index = chunkIndexOf(path, 'plain/i4', LENGTH)!;
    expect(index).toMatchObject({ length: CHUNK, size: 4 });
    expect(index.chunks).toHaveLength(Math.ceil(LENGTH / CHUNK));
  });

  it('of a damaged file are the right values or none', async () => {
    const whole = readFileSync(path);
    const right = await withHdf5(path, 'lists.h5', async root =>
      Promise.resolve(root.group('shuffled')!.needDataset('i4').numbers()),
    );
    const random = createRandom(8, 'damage');
    const damaged = join(temporaryFolder(), 'damaged.h5');
    const { Unpacker } = await import('../../../src/engine/readers/hdf5/unpacker.ts');
    let refused = 0;
    for (let k = 0; k < 150; k++) {
      const bytes = Buffer.from(whole);
      // Half of them where the structure stands, the others anywhere; some files end early.
      const most = k % 2 === 0 ? 8_000 : bytes.length;
      for (let n = 0; n < 4; n++) bytes[Math.floor(random.next() * most)] = Math.floor(random.next() * 256);
      writeFileSync(
        damaged,
        k % 10 === 0 ? bytes.subarray(0, Math.floor(random.next() * bytes.length)) : bytes,
      );
      const index = chunkIndexOf(damaged, 'shuffled/i4', LENGTH);
      if (index === null) {
        refused++;
        continue;
      }
      if (index.size !== 4 || index.length !== CHUNK || !index.shuffled) continue;
      const unpacker = new Unpacker(damaged, index);
      const found = await unpacker.read(0, LENGTH, true);
      unpacker.close();
      if (found === null) refused++;
      else expect(new Int32Array(found.bytes.buffer)).toEqual(right);
    }
    expect(refused).toBeGreaterThan(5);
  });
});

withData('chunks of files that others wrote', () => {
  it('are what the library reads, shuffled as they are', async () => {
    const path = testData('pbmc283/filtered_feature_bc_matrix.h5');
    await withHdf5(path, 'pbmc.h5', async root => {
      for (const name of ['data', 'indices']) {
        const list = root.group('matrix')!.needDataset(name);
        const packed = list.packed(path)!;
        expect(chunkIndexOf(path, `matrix/${name}`, list.length)!.shuffled).toBe(true);
        for (const [from, to] of [
          [0, list.length],
          [1, Math.floor(list.length / 2)],
        ] as const) {
          // Whole numbers of 8 bytes may come as others, of 4.
          expect(Array.from((await packed.read(from, to))!)).toEqual(Array.from(list.numbers([[from, to]])));
        }
        packed.close();
      }
    });
  });
});
