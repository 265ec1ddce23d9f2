/** `npm run typecheck`: every layer by its own tsconfig, and the interface with its components. */
import { main, prepare } from './lib/prepare.mjs';
import { typecheck } from './lib/checks.mjs';

await main(async () => {
  const { node } = await prepare({ engine: 'leave' });
  const { ok, output } = await typecheck(node);
  process.stdout.write(output);
  return ok ? 0 : 1;
});
