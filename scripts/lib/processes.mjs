/** Other programs: run with their output kept, or handed the terminal together with every signal. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './places.mjs';
import { say } from './say.mjs';

const KEPT = 100_000;

/**
 * Runs a program to its end and keeps the last of its output.
 * @param {{ env?: object, cwd?: string, timeLimit?: number, shell?: boolean }} options timeLimit in milliseconds
 * @returns {Promise<{ ok: boolean, output: string, timedOut: boolean }>}
 */
export function run(command, args, { env = {}, cwd = root, timeLimit, shell = false } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd,
      shell,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a program that is ended takes its helpers with it.
      detached: process.platform !== 'win32' && timeLimit !== undefined,
    });
    let output = '';
    let timedOut = false;
    const keep = chunk => (output = (output + chunk).slice(-KEPT));
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const timer = setTimeout(
      () => {
        timedOut = true;
        endGroup(child.pid);
      },
      timeLimit ?? 2 ** 31 - 1,
    );
    const end = ok => {
      clearTimeout(timer);
      resolve({ ok, output, timedOut });
    };
    child.once('error', error => {
      keep(String(error));
      end(false);
    });
    child.once('close', code => end(code === 0));
  });
}

function endGroup(pid) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Ended by itself meanwhile.
  }
}

/** What npm says where the way to the registry broke, and another try may pass. */
const CONNECTION_BROKE =
  /\b(?:E(?:IDLE|CONNECTION|RESPONSE|SOCKET)?TIMEOUT|E?TIMEDOUT|ECONN(?:RESET|REFUSED|ABORTED)|EPIPE|EAI_AGAIN|ERR_SOCKET_TIMEOUT|EINTEGRITY|E50[0234]|E429)\b/;
const TRIES = 3;
/** npm itself waits five minutes for a registry that has fallen silent. */
const PATIENT = ['--fetch-timeout=45000', '--fetch-retries=4'];

/**
 * Fetches with npm, again where the connection broke: what came before lies in npm's cache.
 * @param {string[]} args of npm
 * @param {{ timeLimit?: number }} options timeLimit in milliseconds, of each try
 */
export async function fetchWithNpm(args, options = {}) {
  for (let attempt = 1; ; attempt++) {
    const result = await runNpm([...args, ...PATIENT], options);
    if (result.ok || result.timedOut || attempt === TRIES || !CONNECTION_BROKE.test(result.output))
      return result;
    say('The connection to the npm registry broke; trying again.');
  }
}

/** The npm that runs this script, or the one on the PATH. */
function runNpm(args, options = {}) {
  const own = process.env.npm_execpath;
  if (own?.endsWith('.js')) return run(process.execPath, [own, ...args], options);
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
/** A terminal and npm both pass a Ctrl-C on; within this time it is the same one. */
const SAME_SIGNAL_MS = 300;

/**
 * Gives the terminal to a program and returns its exit code. It runs in a session of its own, so that a Ctrl-C reaches
 * it once and from here, however many of its parents pass it on.
 */
export function handOver(command, args, env = {}) {
  const apart = process.platform !== 'win32';
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    detached: apart,
  });
  const last = new Map();
  const listeners = FORWARDED.map(signal => [
    signal,
    () => {
      // Elsewhere the console itself tells every program.
      if (!apart || Date.now() - (last.get(signal) ?? 0) < SAME_SIGNAL_MS) return;
      last.set(signal, Date.now());
      child.kill(signal);
    },
  ]);
  if (apart) listeners.push(...pauseTogether(child));
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const [name, listener] of listeners) process.off(name, listener);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** Ctrl-Z stops the program as well, and it goes on when this one does. */
function pauseTogether(child) {
  const pause = () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  };
  return [
    ['SIGTSTP', pause],
    ['SIGCONT', () => child.kill('SIGCONT')],
  ];
}
