/** Entry of the engine process: `engine WORKSPACE`, started by Electron's main process or by the loopback server. */
import { createEngine } from '../engine/procedures.ts';
import { contract } from '../shared/contract.ts';
import { serveEngineProcess } from './host/serve-engine.ts';
import { defaultWorkspace, environmentFor } from './paths.ts';

const workspace = process.argv[2] ?? defaultWorkspace();

await serveEngineProcess(contract, () =>
  createEngine(environmentFor({ workspace, entryUrl: import.meta.url })),
);
