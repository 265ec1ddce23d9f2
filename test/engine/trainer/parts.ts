/** Networks in parts on threads of the test's own process, each with as many cores as TensorFlow likes. */
import type { NetworkMaker } from '../../../src/engine/models/step-network.ts';
import { loadLibrary } from '../../../src/engine/tensor/native.ts';
import { shardedNetworks } from '../../../src/engine/trainer/sharded-network.ts';

export function networksInParts(parts: number): NetworkMaker {
  const entry = new URL('../../../src/main/training-worker.ts', import.meta.url);
  return shardedNetworks(entry, loadLibrary().addon, parts);
}
