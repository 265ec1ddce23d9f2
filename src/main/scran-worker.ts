/** Entry of the worker thread that runs scran.js. */
import { parentPort } from 'node:worker_threads';
import { serveTask } from '../engine/embed/worker.ts';

if (parentPort === null) throw new Error('scran-worker is started as a worker thread by the engine.');
serveTask(parentPort);
