/** How much memory a training will need, said before it starts. */
import type { NetworkSpec } from './network-spec.ts';
import { matrixShapes } from './trainable-network.ts';

/**
 * Bytes at the peak, beyond the counts and the engine's library: per weight 12 bytes in the engine (weight and two
 * moments), 12 while they are set up or written to a checkpoint, 8 for the weights of the best epoch and those replacing
 * them, and 20 for such copies that are no longer used but not yet collected (measured: 518 MB for 9.2 million weights);
 * and the batch, dense here and in the engine, with the predictions and errors of its step.
 */
export function estimateNetworkMemory(
  spec: Pick<NetworkSpec, 'inputs' | 'targets' | 'hidden' | 'batch'>,
): number {
  const [inputs, targets] = [spec.inputs.length, spec.targets.length];
  let weights = 0;
  for (const [rows, columns] of matrixShapes({ inputs, hidden: spec.hidden, targets }).values()) {
    weights += rows * columns;
  }
  return 52 * weights + 4 * spec.batch * (2 * inputs + 4 * targets);
}
