/** `session` and `protocol`: request filters, permissions, and schemes that the application serves itself. */
import { app } from './app.ts';
import { strict } from './strict.ts';

type Filter = (details: object, callback: (verdict: Verdict) => void) => void;
interface Verdict {
  readonly cancel?: boolean;
}
let beforeRequest: Filter = (_, answer) => answer({});

/** What the application's filter says of a request. */
export const askFilter = (details: object): Promise<Verdict> =>
  new Promise(resolve => beforeRequest(details, resolve));

type CheckHandler = (contents: null, permission: string, origin: string, details: object) => boolean;
type RequestHandler = (
  contents: object,
  permission: string,
  callback: (granted: boolean) => void,
  details: object,
) => void;
/** What the application says of permissions; everything is granted, as in Electron, where it says nothing. */
export const permissions: { check: CheckHandler; request: RequestHandler } = {
  check: () => true,
  request: (_contents, _permission, answer) => answer(true),
};

export const session = strict('session', {
  defaultSession: strict('session.defaultSession', {
    webRequest: strict('webRequest', {
      onBeforeRequest(listener: Filter, extra?: unknown) {
        if (typeof listener !== 'function' || extra !== undefined)
          throw new Error('electron stand-in: URL filters are not imitated');
        beforeRequest = listener;
      },
    }),
    setPermissionRequestHandler: (handler: RequestHandler) => void (permissions.request = handler),
    setPermissionCheckHandler: (handler: CheckHandler) => void (permissions.check = handler),
  }),
});

type SchemeHandler = (request: Request) => Response | Promise<Response>;
const standard = new Set<string>();
export const schemes = new Map<string, SchemeHandler>();

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(
    list: { scheme: string; privileges?: { standard?: boolean; secure?: boolean } }[],
  ) {
    if (app.isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges } of list)
      if (privileges?.standard && privileges.secure) standard.add(scheme);
  },
  handle(scheme: string, handler: SchemeHandler) {
    if (!standard.has(scheme))
      throw new Error(`electron stand-in: register ${scheme} as standard and secure first`);
    schemes.set(scheme, handler);
  },
});

// Chromium cannot be taught a new standard scheme: app://host/x is loaded as https://host.app.standin.invalid/x.
export function toPage(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([\w+.-]+):\/\/([^/?#]+)(.*)$/.exec(url) ?? [];
  return schemes.has(scheme) ? `https://${host}.${scheme}.standin.invalid${rest}` : url;
}
export function fromPage(url: string): string {
  return url.replace(/^https:\/\/([^/]+)\.([\w+-]+)\.standin\.invalid/, '$2://$1');
}
