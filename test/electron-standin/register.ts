/** Preload with `node --import`: makes `electron` resolve to the stand-in, in the main process and in utility processes. */
import { registerHooks } from 'node:module';

const role = process.env['ELECTRON_STANDIN_ROLE'] === 'utility' ? './utility.ts' : './electron.ts';
const url = new URL(role, import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url, shortCircuit: true } : next(specifier, context),
});
// process.parentPort must exist before the module runs.
if (role === './utility.ts') await import(url);
