/**
 * What users do, in the window of the desktop app: the very specs of test/e2e that drive the browser, with dialogs in the
 * place of downloads. In the real Electron by `npm run test:electron`.
 */
import { runOn } from '../e2e/support/studio.ts';

runOn('desktop');
for (const name of ['example', 'import', 'life', 'quality']) await import(`../e2e/${name}.spec.ts`);
