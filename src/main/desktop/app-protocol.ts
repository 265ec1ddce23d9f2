/** app://f910/ serves the built interface, and nothing but it. */
import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { SECURITY_HEADERS } from '../content-policy.ts';
import { pageFiles } from '../page-files.ts';
import { APP_ORIGIN, APP_SCHEME } from './security.ts';

/** Before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Once the app is ready. `folder` is the built interface. */
export function serveAppScheme(folder: string): void {
  const files = pageFiles(folder);
  protocol.handle(APP_SCHEME, async request => {
    const { protocol: scheme, host, pathname } = new URL(request.url);
    const file = `${scheme}//${host}` === APP_ORIGIN ? files.get(pathname) : undefined;
    if (!file) return new Response('There is nothing here.', { status: 404, headers: SECURITY_HEADERS });
    const headers = { ...SECURITY_HEADERS, 'Content-Type': file.type };
    return new Response(await readFile(file.path), { headers });
  });
}
