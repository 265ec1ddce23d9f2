/** doctor and serve. */
import { wholeNumber } from './options.ts';
import { printResult } from './output.ts';
import { withEngine, type CommonFlags } from './session.ts';
import type { AddCommand } from './data-commands.ts';

type Done = (code: Promise<number>) => Promise<void>;

export function addSystemCommands(add: AddCommand, done: Done): void {
  add('doctor', 'versions, engine in use, workspace health, what is missing and how to get it')
    .option('--repair', 'try again what an earlier set-up gave up (native engine, Electron)')
    .action((flags: CommonFlags) =>
      done(
        withEngine(flags, async ({ client, output, signal }) => {
          const info = await client.call('system.info', {}, { signal });
          const checks = await client.call('system.doctor', {}, { signal });
          const engine = info.engine.native
            ? `TensorFlow ${info.engine.version}, native`
            : `TensorFlow.js WASM ${info.engine.version}, slow: ${info.engine.why}`;
          printResult(output, { ...info, checks }, [
            `F910 Studio ${info.app}, Node ${info.node}`,
            `engine: ${engine}`,
            `workspace: ${info.workspace}`,
            ...checks.map(
              c =>
                `${c.ok ? 'ok     ' : 'PROBLEM'}  ${c.name}: ${c.detail}${c.remedy === undefined ? '' : ` ${c.remedy}`}`,
            ),
          ]);
        }),
      ),
    );

  add('serve', 'the same interface in a browser on this machine')
    .option('--port <n>', 'port on 127.0.0.1 (any free one when not given)', wholeNumber)
    .option('--no-open', 'only print the address')
    .action((flags: CommonFlags & { port?: number; open: boolean }) =>
      done(
        (async () => {
          const { runServer } = await import('../server.ts');
          return runServer({ ...flags });
        })(),
      ),
    );
}
