/** What a page asks about uploads: to send one, how much of one is here, and to forget one. */
import type { IncomingMessage } from 'node:http';
import type { Piece } from './partials.ts';
import type { Uploads } from './uploads.ts';

/** The answer to a request about uploads; null for a request about something else. */
export function answerUpload(
  uploads: Uploads,
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
): Promise<object> | null {
  if (path === '/upload' && request.method === 'GET') {
    return uploads.received(query.get('key') ?? '').then(received => ({ received }));
  }
  if (request.method !== 'POST') return null;
  if (path === '/upload/forget') {
    return uploads.forget({ id: query.get('id'), key: query.get('key') }).then(() => ({}));
  }
  if (path !== '/upload') return null;
  const upload = {
    name: query.get('name') ?? '',
    folder: query.get('folder'),
    group: query.get('group'),
    piece: pieceOf(query),
  };
  return uploads.receive(upload, request).then(id => ({ id }));
}

function pieceOf(query: URLSearchParams): Piece | null {
  const key = query.get('key');
  if (key === null) return null;
  return {
    key,
    size: Number(query.get('size') ?? Number.NaN),
    offset: Number(query.get('offset') ?? 0),
    tail: query.get('tail') ?? '',
  };
}
