/** Path and query of a request, taken as they are: nothing is decoded or resolved, so nothing can climb out of a folder. */
import type { IncomingMessage } from 'node:http';

export interface RequestTarget {
  readonly path: string;
  readonly query: URLSearchParams;
}

export function requestTarget({ url = '/' }: IncomingMessage): RequestTarget {
  const at = url.indexOf('?');
  return at < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at)) };
}
