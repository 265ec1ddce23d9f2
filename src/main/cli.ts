/** The terminal, `f910`: commands over the same contract as the window and the browser. */
import { Command, CommanderError } from 'commander';
import { appVersion } from './paths.ts';
import { addDataCommands } from './terminal/data-commands.ts';
import { EXIT, printError } from './terminal/output.ts';
import { addCommon, addRunCommands } from './terminal/run-commands.ts';
import { addBoardCommands } from './terminal/board-commands.ts';
import { addPredictCommands } from './terminal/predict-commands.ts';
import { addGeneCommands } from './terminal/gene-commands.ts';
import { addSystemCommands } from './terminal/system-commands.ts';
import { badInput } from '../shared/errors.ts';

const program = new Command('f910')
  .description('F910 Studio: from single-cell counts to a landmark gene panel, with honest scores')
  .version(appVersion())
  .showHelpAfterError('(f910 --help lists the commands)')
  .exitOverride();

const group = (name: string, description: string): Command =>
  program.command(name).description(description).exitOverride();
const add = (name: string, description: string): Command => addCommon(group(name, description));
const done = async (code: Promise<number>): Promise<void> => {
  process.exitCode = await code;
};
addDataCommands(add, done);
addRunCommands(add, group, done);
addGeneCommands(add, done);
addBoardCommands(add, done);
addPredictCommands(add, done);
addSystemCommands(add, done);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = usageExit(error);
}

/** Commander has printed its own sentence already; `--json` asks for an object as well. */
function usageExit(error: unknown): number {
  const json = process.argv.includes('--json');
  if (!(error instanceof CommanderError)) return printError({ json, quiet: false }, error);
  if (error.exitCode === 0) return EXIT.done;
  if (json) {
    const { code, message, facts } = badInput('arguments', error.message.replace(/^error: /, ''));
    process.stdout.write(`${JSON.stringify({ error: { code, message, facts } })}\n`);
  }
  return EXIT.input;
}
