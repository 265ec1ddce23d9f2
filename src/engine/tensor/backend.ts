/** Chooses the numerical engine: native TensorFlow where it loads, else WebAssembly, and says which and why. */
import { badInput } from '../../shared/errors.ts';
import type { TensorEngine } from './engine.ts';
import { loadNativeEngine } from './native.ts';
import { loadWasmEngine } from './wasm.ts';

export type { TensorEngine } from './engine.ts';

let loaded: Promise<TensorEngine> | null = null;

/**
 * The engine of this process, loaded once. The environment variable F910_ENGINE set to `wasm` or `tensorflow` asks for
 * one of the two; then a failure is an error instead of a reason to take the other.
 * @throws AppError BAD_INPUT for another value of F910_ENGINE.
 */
export function loadTensorEngine(): Promise<TensorEngine> {
  loaded ??= choose(process.env['F910_ENGINE'] ?? '');
  return loaded;
}

async function choose(asked: string): Promise<TensorEngine> {
  if (asked === 'wasm') return loadWasmEngine('The WebAssembly engine was asked for by F910_ENGINE.');
  if (asked === 'tensorflow') return loadNativeEngine();
  if (asked !== '') {
    throw badInput('F910_ENGINE', `There is no engine "${asked}". Set F910_ENGINE to tensorflow or wasm.`);
  }
  try {
    return await loadNativeEngine();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
    return loadWasmEngine(`Native TensorFlow could not be loaded: ${reason}`);
  }
}
