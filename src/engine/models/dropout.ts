/** Dropout masks from a named random stream. */
import type { Random } from '../../core/random.ts';

/**
 * Entries are 0 with probability `rate`, else 1 / (1 - rate), so that a sum keeps its mean (inverted dropout). Two draws
 * come from one 32-bit number; the rate is therefore rounded to a multiple of 2^-16.
 */
export function dropoutMask(random: Random, rate: number, size: number): Float32Array {
  const kept = Math.round((1 - rate) * 65536);
  const scale = 65536 / kept;
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i += 2) {
    const bits = random.nextUint32();
    mask[i] = (bits & 0xffff) < kept ? scale : 0;
    if (i + 1 < size) mask[i + 1] = bits >>> 16 < kept ? scale : 0;
  }
  return mask;
}
