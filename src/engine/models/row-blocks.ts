/** A large matrix in the engine as blocks of consecutive rows. */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';

/** The product with a matrix of size x width, row-major; `size` is the number of columns of every block. */
export function timesRowBlocks(
  engine: TensorEngine,
  blocks: readonly Tensor[],
  right: Float32Array,
  size: number,
  width: number,
): Float32Array<ArrayBuffer> {
  const rows = blocks.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const out = new Float32Array(rows * width);
  const factor = engine.tensor(right, [size, width]);
  let at = 0;
  for (const block of blocks) {
    const product = engine.matMul(block, factor);
    const values = engine.read(product);
    out.set(values, at);
    at += values.length;
    engine.free(product);
  }
  engine.free(factor);
  return out;
}
