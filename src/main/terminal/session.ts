/** One command: an engine in this process behind the same contract as everywhere, Ctrl-C as a cancel, an exit code. */
import { contract, type F910Contract } from '../../shared/contract.ts';
import { createClient, type Client } from '../../shared/rpc/client.ts';
import { serve } from '../../shared/rpc/server.ts';
import { localPair } from '../../shared/rpc/transports.ts';
import { environmentFor, defaultWorkspace } from '../paths.ts';
import { EXIT, printError, type OutputOptions } from './output.ts';
import { createMeter, type Meter } from './progress.ts';

export interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly workspace?: string;
}

export interface Session {
  readonly client: Client<F910Contract>;
  readonly output: OutputOptions;
  readonly meter: Meter;
  /** Aborted by Ctrl-C or a request to terminate. */
  readonly signal: AbortSignal;
}

export const outputOf = (flags: CommonFlags): OutputOptions => ({
  json: flags.json ?? false,
  quiet: flags.quiet ?? false,
});

/** Runs `body` against the engine and returns the exit code; whatever it throws is told in one sentence. */
export async function withEngine(
  flags: CommonFlags,
  body: (session: Session) => Promise<void>,
): Promise<number> {
  const output = outputOf(flags);
  const meter = createMeter(output.quiet);
  const stopper = new AbortController();
  let asked = false;
  const stop = (): void => {
    if (asked) process.exit(EXIT.cancelled);
    asked = true;
    if (!output.quiet) process.stderr.write('\nStopping. Press Ctrl-C again to stop at once.\n');
    stopper.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    // Loaded here, so that help and usage errors do not wait for the engine.
    const { createEngine } = await import('../../engine/procedures.ts');
    const engine = await createEngine(
      environmentFor({ workspace: flags.workspace ?? defaultWorkspace(), entryUrl: import.meta.url }),
    );
    const [near, far] = localPair();
    serve(contract, engine.handlers, far);
    const client = createClient<F910Contract>(near);
    try {
      await body({ client, output, meter, signal: stopper.signal });
    } finally {
      await engine.close();
    }
    return EXIT.done;
  } catch (error) {
    meter.end();
    return printError(output, error);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
