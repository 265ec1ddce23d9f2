/**
 * Preloaded into a process (`node --import`): every connection, datagram and look-up of a name that is not for this
 * machine is written to the file F910_TEST_NETWORK_LOG. Worker threads and forked processes load it as well.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

const log = process.env['F910_TEST_NETWORK_LOG']!;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost|0\.0\.0\.0|::)$/;

function note(what: string, host: unknown): void {
  if (typeof host === 'string' && !LOOPBACK.test(host))
    appendFileSync(log, `${process.pid} ${what} ${host}\n`);
}
// Says that the guard was there at all.
appendFileSync(log, `${process.pid} guarded ${process.argv[1] ?? ''}\n`);

/** Puts `before` in front of a method; the method itself still runs. */
function watch<T extends object>(
  object: T,
  method: keyof T & string,
  before: (args: unknown[]) => void,
): void {
  const original = object[method] as (...args: unknown[]) => unknown;
  Object.assign(object, {
    [method](this: unknown, ...args: unknown[]): unknown {
      before(args);
      return original.apply(this, args);
    },
  });
}

const hostIn = (args: unknown[]): unknown => {
  const [first, second] = args.flat() as [unknown, unknown];
  return typeof first === 'object' && first !== null
    ? ((first as { host?: unknown }).host ?? 'localhost')
    : (second ?? 'localhost');
};
watch(net.Socket.prototype, 'connect', args => {
  const [first] = args.flat();
  const path = typeof first === 'object' && first !== null ? (first as { path?: unknown }).path : first;
  // A path is a socket of this machine.
  if (typeof path !== 'string') note('connect', hostIn(args));
});
watch(dgram.Socket.prototype, 'send', args =>
  note(
    'send',
    args.findLast(arg => typeof arg === 'string'),
  ),
);
watch(dns, 'lookup', ([host]) => note('lookup', host));
watch(dns, 'resolve', ([host]) => note('resolve', host));
watch(dns.promises, 'lookup', ([host]) => note('lookup', host));
