/** The trainer as a process: a forked Node, or in Electron a utility process that the host starts and gives a port to. */
import { fork } from 'node:child_process';
import type { MessagePortMain, ParentPort } from 'electron';
import type { EngineChannel, FromTrainer, ToTrainer, TrainerChannel } from '../../engine/trainer/protocol.ts';
import { trainerSettings } from '../../engine/tensor/process-settings.ts';
import { exitReason } from './exit-reason.ts';
import type { FromEngine, ToEngine } from './messages.ts';

const LAST_WORDS = 8_192;

/** Starts `entry` (the trainer's entry file), in Electron through the host. */
export function startTrainer(entry: string): TrainerChannel {
  const { parentPort } = process as { parentPort?: ParentPort };
  return parentPort ? askHost(parentPort) : forkTrainer(entry);
}

let asked = 0;

function askHost(host: ParentPort): TrainerChannel {
  const number = ++asked;
  let port: MessagePortMain | undefined;
  let ended = false;
  const early: ToTrainer[] = [];
  let onMessage: (message: FromTrainer) => void = () => {};
  let onExit: (reason: string) => void = () => {};
  const arrived = ({ data, ports: [given] }: { data: unknown; ports: MessagePortMain[] }): void => {
    const message = data as ToEngine;
    if (message.t !== 'trainer' || message.number !== number || given === undefined) return;
    host.removeListener('message', arrived);
    if (ended) return given.close();
    port = given;
    port.on('message', ({ data: answer }) => onMessage(answer as FromTrainer));
    port.on('close', () => onExit('its process ended'));
    port.start();
    for (const waiting of early.splice(0)) port.postMessage(waiting);
  };
  host.on('message', arrived);
  host.postMessage({ t: 'trainer', number } satisfies FromEngine);
  return {
    post(message) {
      if (port) port.postMessage(message);
      else early.push(message);
    },
    onMessage: listener => void (onMessage = listener),
    onExit: listener => void (onExit = listener),
    end() {
      ended = true;
      port?.close();
    },
  };
}

function forkTrainer(entry: string): TrainerChannel {
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, ...trainerSettings() },
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  return {
    post(message) {
      if (child.connected) child.send(message, () => {}); // The exit tells what a failed send would.
    },
    onMessage: listener => child.on('message', message => listener(message as FromTrainer)),
    onExit(listener) {
      child.on('close', (code, signal) => listener(exitReason({ code, signal, lastWords })));
      child.on('error', error => listener(exitReason({ code: 1, signal: null, lastWords: String(error) })));
    },
    end: () => child.kill('SIGKILL'),
  };
}

/** The trainer's connection to the engine; without an engine the process has no business. */
export function connectEngine(): EngineChannel {
  const { parentPort } = process as { parentPort?: ParentPort };
  return parentPort ? portChannel(parentPort) : forkChannel();
}

function forkChannel(): EngineChannel {
  process.on('disconnect', () => process.exit());
  return {
    post: message => void process.send?.(message, undefined, undefined, () => {}),
    onMessage: listener => process.on('message', message => listener(message as ToTrainer)),
  };
}

/** The port to the engine comes in the host's only message. */
function portChannel(parent: ParentPort): EngineChannel {
  let port: MessagePortMain | undefined;
  let listener: (message: ToTrainer) => void = () => {};
  parent.once('message', ({ ports: [given] }) => {
    port = given!;
    port.on('message', ({ data }) => listener(data as ToTrainer));
    port.on('close', () => process.exit());
    port.start();
  });
  return {
    post: message => port?.postMessage(message),
    onMessage: given => void (listener = given),
  };
}
