/** The engine as a utility process of Electron, where every client has a message port of its own. */
import { utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { constants } from 'node:os';
import { engineSettings, trainerSettings } from '../../engine/tensor/process-settings.ts';
import type { EngineProcess } from '../host/engine-host.ts';
import type { ProcessExit } from '../host/exit-reason.ts';
import type { FromEngine } from '../host/messages.ts';

const LAST_WORDS = 8_192;
/** A crash shows as the number of its signal, which no exit of ours uses. */
const CRASHES = [
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGTERM',
] as const;

/** Starts `entry` (the engine's built entry) on `workspace`. */
export function startUtilityEngine(entry: string, workspace: string): EngineProcess<MessagePortMain> {
  const child = utilityProcess.fork(entry, [workspace], {
    serviceName: 'F910 engine',
    env: { ...process.env, ...engineSettings() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let lastWords = '';
  child.stderr?.on('data', (text: Buffer) => {
    lastWords = (lastWords + text.toString()).slice(-LAST_WORDS);
  });
  return {
    post: (message, port) => child.postMessage(message, port ? [port] : []),
    onMessage: listener => child.on('message', message => listener(message as FromEngine)),
    onExit: listener => child.once('exit', code => listener(exitOf(code, lastWords))),
    kill() {
      // utilityProcess.kill() asks; a stuck process does not hear it.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}

/** Starts `entry` (the trainer's built entry); it waits for a port to the engine. */
export function startUtilityTrainer(entry: string): UtilityProcess {
  return utilityProcess.fork(entry, [], {
    serviceName: 'F910 trainer',
    stdio: 'ignore',
    env: { ...process.env, ...trainerSettings() },
  });
}

function exitOf(code: number, lastWords: string): ProcessExit {
  const signal = CRASHES.find(name => constants.signals[name] === code) ?? null;
  return { code, signal, lastWords };
}
