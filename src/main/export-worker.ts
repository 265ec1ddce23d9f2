/** Entry of the worker thread that draws PNG figures and writes spreadsheets. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveExport } from '../engine/export/export-worker.ts';

if (parentPort === null) throw new Error('export-worker is started as a worker thread by the engine.');
serveExport(parentPort, (workerData as { resources: string }).resources);
