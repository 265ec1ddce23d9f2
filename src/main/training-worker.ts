/** Entry of the worker thread that holds a part of a network. */
import { parentPort, workerData } from 'node:worker_threads';
import { servePart, type PartData } from '../engine/trainer/part-worker.ts';

if (parentPort === null) throw new Error('training-worker is started as a worker thread by the trainer.');
servePart(parentPort, workerData as PartData);
