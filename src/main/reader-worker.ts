/** Entry of the worker thread that parses HDF5 and R files. */
import { parentPort } from 'node:worker_threads';
import { serveParser } from '../engine/readers/worker/host.ts';

if (parentPort === null) throw new Error('reader-worker is started as a worker thread by the engine.');
void serveParser(parentPort);
