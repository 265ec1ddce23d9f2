/** The engine's environment in tests: workers from the checkout's TypeScript, resources from the checkout. */
import { fileURLToPath } from 'node:url';
import type { EngineEnvironment } from '../../src/engine/environment.ts';
import { startTrainer } from '../../src/main/host/trainer-process.ts';

const entry = (name: string): URL => new URL(`../../src/main/${name}.ts`, import.meta.url);

export function testEnvironment(workspace: string): EngineEnvironment {
  return {
    appVersion: '0.0.0-test',
    workspace,
    resources: fileURLToPath(new URL('../../resources', import.meta.url)),
    worker: entry,
    trainer: () => startTrainer(fileURLToPath(entry('trainer'))),
  };
}
