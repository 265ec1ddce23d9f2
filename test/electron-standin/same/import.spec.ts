/** What users do, once more: the spec of the browser in the window of the desktop app. */
import { runOn } from '../../e2e/support/studio.ts';

runOn('desktop');
await import('../../e2e/import.spec.ts');
