/** `serve`: the app in the browser of this machine, or through a tunnel to it. Also the entry that npm start uses. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { F910Contract } from '../shared/contract.ts';
import { AppError, badInput } from '../shared/errors.ts';
import { createClient } from '../shared/rpc/client.ts';
import { openAppWindow } from './browser/open.ts';
import { appFolder, defaultWorkspace, entryFile, isProgram } from './paths.ts';
import { LoopbackServer } from './server/loopback.ts';
import { printError, type OutputOptions } from './terminal/output.ts';

export interface ServeFlags {
  readonly workspace?: string | undefined;
  /** Any free port when not given. */
  readonly port?: number | undefined;
  /** Open a window; only the address is printed when false. */
  readonly open: boolean;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Serves until Ctrl-C, a request to terminate, or the window that it opened is closed; returns the exit code. */
export async function runServer(flags: ServeFlags): Promise<number> {
  const output: OutputOptions = { json: flags.json ?? false, quiet: flags.quiet ?? false };
  try {
    const workspace = flags.workspace ?? defaultWorkspace();
    const server = await start(workspace, flags.port ?? 0);
    await serveUntilAsked(server, workspace, flags.open, output);
    return 0;
  } catch (error) {
    return printError(output, error);
  }
}

async function start(workspace: string, port: number): Promise<LoopbackServer> {
  try {
    const pages = join(appFolder(import.meta.url), 'out', 'renderer');
    return await LoopbackServer.start({
      workspace,
      port,
      pages,
      engine: entryFile('engine', import.meta.url),
    });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw badInput(
      '--port',
      `Port ${port} cannot be used (it is taken or not allowed): choose another, or none.`,
    );
  }
}

async function serveUntilAsked(
  server: LoopbackServer,
  workspace: string,
  open: boolean,
  output: OutputOptions,
): Promise<void> {
  const say = (line: string): void => {
    if (!output.quiet) process.stderr.write(`${line}\n`);
  };
  const asked = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const address = { address: server.address };
  process.stdout.write(
    output.json ? `${JSON.stringify(address)}\n` : `F910 Studio is open at ${address.address}\n`,
  );
  const window = open ? openAppWindow(server.addressForOneVisit(), workspace) : null;
  say(
    window
      ? 'Close its window or press Ctrl-C to end it.'
      : 'Open this address in a browser. Press Ctrl-C to end it.',
  );
  const windowClosed = window?.closed.then(async wasOpen => {
    if (!wasOpen) return asked;
    await runsEnded(server, say);
  });
  await Promise.race([asked, ...(windowClosed ? [windowClosed] : [])]);
  window?.close();
  say('Closing the workspace.');
  await server.stop();
}

/** Closing the window loses nothing: the server stays until no run is going. */
async function runsEnded(server: LoopbackServer, say: (line: string) => void): Promise<void> {
  const client = createClient<F910Contract>(server.relay.transport());
  try {
    for (;;) {
      const going = (await client.call('run.list', {})).filter(run => run.status === 'running');
      if (going.length === 0) return;
      say(
        `The run ${going[0]!.name} goes on until it has ended; ${server.address} shows it again. Ctrl-C ends it.`,
      );
      await client.call('run.watch', { id: going[0]!.id });
    }
  } catch (error) {
    // Without an engine nothing is running that could be lost.
    if (!(error instanceof AppError)) throw error;
  } finally {
    client.close();
  }
}

if (isProgram(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, 'no-open': { type: 'boolean' }, workspace: { type: 'string' } },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  process.exitCode = await runServer({ workspace: values.workspace, port, open: values['no-open'] !== true });
}
