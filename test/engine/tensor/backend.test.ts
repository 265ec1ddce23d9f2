import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { EngineInfo } from '../../../src/shared/model.ts';

const backend = new URL('../../../src/engine/tensor/backend.ts', import.meta.url).href;
/** Makes the native package impossible to load, as on a machine where its library could not be fetched. */
const withoutNative = `import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  if (name === '@tensorflow/tfjs-node') throw new Error('libtensorflow.so.2 is missing\\nmore lines');
  return next(name, context);
} });`;

/** What a process of its own says about its engine: it is chosen once per process. */
async function infoOf(engine: string, preload?: string): Promise<EngineInfo> {
  const code = `const { loadTensorEngine } = await import(${JSON.stringify(backend)});
    try { console.log(JSON.stringify((await loadTensorEngine()).info)); }
    catch (error) { console.log(JSON.stringify({ error: error.message })); }`;
  const hooks =
    preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...hooks, '--input-type=module', '--eval', code],
    {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      env: { ...process.env, F910_ENGINE: engine },
    },
  );
  return JSON.parse(stdout) as EngineInfo;
}

describe('choice of the engine', () => {
  it('falls back to WebAssembly and says why', async () => {
    expect(await infoOf('', withoutNative)).toEqual({
      name: 'wasm',
      version: '4.22.0',
      native: false,
      why: 'Native TensorFlow could not be loaded: libtensorflow.so.2 is missing',
    });
  });

  it('takes WebAssembly when asked to', async () => {
    expect(await infoOf('wasm')).toMatchObject({
      name: 'wasm',
      why: expect.stringContaining('F910_ENGINE') as string,
    });
  });

  it('does not replace a native engine that was asked for', async () => {
    expect(await infoOf('tensorflow', withoutNative)).toEqual({
      error: 'libtensorflow.so.2 is missing\nmore lines',
    });
  });

  it('refuses an engine it does not know', async () => {
    expect(await infoOf('abacus')).toEqual({
      error: 'There is no engine "abacus". Set F910_ENGINE to tensorflow or wasm.',
    });
  });
});
