/** Entry of the process that trains networks, started for a run by the engine or, in Electron, by its host. */
import { pathToFileURL } from 'node:url';
import { serveTrainer } from '../engine/trainer/serve-trainer.ts';
import { connectEngine } from './host/trainer-process.ts';
import { entryFile } from './paths.ts';

// Ctrl-C in a terminal reaches every process of the group; the engine decides what it means.
process.on('SIGINT', () => {});
serveTrainer(connectEngine(), pathToFileURL(entryFile('training-worker', import.meta.url)));
