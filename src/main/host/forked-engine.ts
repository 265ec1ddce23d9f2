/** The engine as a forked Node, for the loopback server, with one channel for the bytes of all clients. */
import { fork } from 'node:child_process';
import { engineSettings } from '../../engine/tensor/process-settings.ts';
import type { EngineProcess } from './engine-host.ts';
import type { FromEngine } from './messages.ts';

const LAST_WORDS = 8_192;

/** Starts `entry` (the engine's entry file) on `workspace`. */
export function forkEngine(entry: string, workspace: string): EngineProcess<never> {
  const child = fork(entry, [workspace], {
    serialization: 'advanced',
    env: { ...process.env, ...engineSettings() },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
    if (process.env['F910_DEBUG'] !== undefined) process.stderr.write(text);
  });
  return {
    post(message) {
      if (child.connected) child.send(message, () => {}); // The exit tells what a failed send would.
    },
    onMessage: listener => child.on('message', message => listener(message as FromEngine)),
    // `close` comes after the last of the error output, `exit` may come before.
    onExit(listener) {
      child.on('close', (code, signal) => listener({ code, signal, lastWords }));
      child.on('error', error => listener({ code: 1, signal: null, lastWords: String(error) }));
    },
    kill: () => child.kill('SIGKILL'),
  };
}
