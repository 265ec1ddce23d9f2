/**
 * Who may talk to the loopback server: whoever came once with the token of the printed address and has carried its
 * cookie since. Host and Origin are checked on top, so that a page of another site can neither reach the server under
 * a name of its own nor send it anything.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { requestTarget } from './request-target.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost']);

export type Verdict =
  | { readonly admitted: true }
  /** Came with the token in its address; gets the cookie. */
  | { readonly admitted: 'first'; readonly cookie: string }
  | { readonly admitted: false; readonly status: 403 | 421; readonly why: string };

export class Gate {
  readonly token = randomBytes(32).toString('base64url');
  readonly #tickets = new Set<string>();
  readonly #port: () => number;

  /** `port` is asked when it is known: a cookie belongs to a host, not to a port, so its name carries the port. */
  constructor(port: () => number) {
    this.#port = port;
  }

  /** A token for one visit, for a command line: other users of the machine can read those while the program runs. */
  issueTicket(): string {
    const ticket = randomBytes(32).toString('base64url');
    this.#tickets.add(ticket);
    return ticket;
  }

  judge(request: IncomingMessage): Verdict {
    const host = hostName(request.headers.host);
    if (host === null || !LOOPBACK.has(host)) {
      return refused(421, 'F910 Studio answers on this machine only, as 127.0.0.1 or localhost.');
    }
    const { origin } = request.headers;
    const own = `http://${request.headers.host}`;
    const changes = request.method !== 'GET' || request.headers.upgrade !== undefined;
    if ((changes && origin === undefined) || (origin !== undefined && origin !== own)) {
      return refused(403, 'This request comes from another page.');
    }
    const given = requestTarget(request).query.get('token');
    if (!changes && given !== null && (this.#tickets.delete(given) || this.#is(given))) {
      const attributes = 'Path=/; HttpOnly; SameSite=Strict';
      return { admitted: 'first', cookie: `${this.#cookieName()}=${this.token}; ${attributes}` };
    }
    const kept = cookieValue(request.headers.cookie, this.#cookieName());
    if (kept !== null && this.#is(kept)) return { admitted: true };
    return refused(
      403,
      'Open the whole address that F910 Studio printed when it started: it carries the key.',
    );
  }

  #cookieName(): string {
    return `f910-${this.#port()}`;
  }

  #is(text: string): boolean {
    const given = Buffer.from(text);
    const token = Buffer.from(this.token);
    return given.length === token.length && timingSafeEqual(given, token);
  }
}

function refused(status: 403 | 421, why: string): Verdict {
  return { admitted: false, status, why };
}

function hostName(header: string | undefined): string | null {
  return /^([a-z0-9.-]+)(?::\d{1,5})?$/i.exec(header ?? '')?.[1]?.toLowerCase() ?? null;
}

function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}
