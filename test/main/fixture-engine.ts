/**
 * An engine process with a few procedures of the real contract, each with one behaviour that the tests of the hosts
 * need: progress, a file written, a crash, work that does not stop.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../src/shared/errors.ts';
import { contract } from '../../src/shared/contract.ts';
import type { Handlers } from '../../src/shared/rpc/server.ts';
import { serveEngineProcess } from '../../src/main/host/serve-engine.ts';

const workspace = process.argv[2]!;

const handlers: Partial<Handlers<typeof contract>> = {
  'system.open': () => ({ app: 'test' }),
  'system.info': () => ({
    app: 'test',
    node: process.version,
    engine: { name: 'wasm', version: '0', native: false, why: 'test' },
    workspace,
    landmarks: 978,
  }),
  // Hands back what came through, as the error that a reader would throw.
  'data.inspect': ({ path }) => {
    throw new AppError('BAD_FILE', `${path} is a test.`, { file: path, cause: 'is a test' });
  },
  'data.import': ({ files }) => {
    throw new AppError('BAD_FILE', JSON.stringify(files), { file: 'x', cause: 'is a test' });
  },
  'run.list': () => [],
  'run.watch': async ({ id }, { signal, progress }) => {
    for (let done = 0; ; done++) {
      progress({
        runId: id,
        phase: 'test',
        label: 'Test',
        done,
        of: 0,
        steps: [],
        share: 0,
        secondsLeft: null,
      });
      await wait(5, undefined, { signal });
    }
  },
  'run.export': async ({ id, out }) => {
    if (id === 'missing') throw new AppError('NOT_FOUND', 'There is no such run.', { what: 'run', id });
    await mkdir(join(out, 'figures'), { recursive: true });
    await writeFile(join(out, 'metrics.json'), '{}');
    await writeFile(join(out, 'figures', 'panel.svg'), '<svg/>'.repeat(10_000));
    return { out, files: ['metrics.json', 'figures/panel.svg'] };
  },
  'run.delete': async ({ id }) => {
    if (id === 'crash') process.kill(process.pid, 'SIGSEGV');
    if (id === 'exit') process.exit(3);
    if (id === 'throw') void Promise.reject(new TypeError('a slip'));
    if (id === 'stall') for (;;) Math.random();
    return new Promise<never>(() => {});
  },
};
if (workspace.endsWith('damaged')) {
  await serveEngineProcess(contract, () =>
    Promise.reject(
      new AppError('WORKSPACE', 'The workspace is damaged.', { path: workspace, problem: 'test' }),
    ),
  );
} else {
  await writeFile(join(workspace, 'engine.pid'), String(process.pid));
  await serveEngineProcess(contract, async () => ({
    handlers: handlers as Handlers<typeof contract>,
    async close() {
      await writeFile(join(workspace, 'closed'), 'in order');
    },
  }));
}
