/** Both engines for tests that must hold on each. Native first: it makes its own backend the default when it loads. */
import { describe } from 'vitest';
import type { TensorEngine } from '../../../src/engine/tensor/backend.ts';
import { loadNativeEngine } from '../../../src/engine/tensor/native.ts';
import { loadWasmEngine } from '../../../src/engine/tensor/wasm.ts';

const native = await loadNativeEngine().catch(() => null);
const wasm = await loadWasmEngine('Tests ask for it.');

/** One group of tests per engine; the native one is skipped, and counted as skipped, where it is not installed. */
export function onEveryEngine(body: (engine: TensorEngine) => void): void {
  describe.skipIf(native === null)('native engine', () => body(native!));
  describe('WebAssembly engine', () => body(wasm));
}

/** Tests of much work whose operations are held to on each engine elsewhere: on the native one, or where it is not on the other. */
export function onFirstEngine(body: (engine: TensorEngine) => void): void {
  if (native === null) describe('WebAssembly engine', () => body(wasm));
  else describe('native engine', () => body(native));
}

/** Tests that need the native engine's speed or behaviour. */
export function onNativeEngine(body: (engine: TensorEngine) => void): void {
  describe.skipIf(native === null)('native engine', () => body(native!));
}
