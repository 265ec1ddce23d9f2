/**
 * What a browser may ask of the engine. A page cannot have been given a path by the user, so every path in a request
 * is an upload, and what would write to a path is refused. The table names every procedure: a new one does not
 * compile until somebody has decided.
 */
import type { F910Contract } from '../../shared/contract.ts';
import { badInput } from '../../shared/errors.ts';
import type { Frame } from '../../shared/rpc/frames.ts';
import type { Uploads } from './uploads.ts';

type Resolve = (reference: string) => string;
/** Puts paths in the place of uploads; the input is still untrusted and of any shape. */
type Rewrite = (input: unknown, resolve: Resolve) => unknown;

const asItIs: Rewrite = input => input;

function refused(what: string): Rewrite {
  return () => {
    throw badInput('out', `${what} writes to a folder, which a browser cannot choose.`);
  };
}

function withPaths(keys: readonly string[]): Rewrite {
  return (input, resolve) => {
    if (!isRecord(input)) return input;
    const paths = keys.filter(key => typeof input[key] === 'string');
    return { ...input, ...Object.fromEntries(paths.map(key => [key, resolve(input[key] as string)])) };
  };
}

const importFiles: Rewrite = (input, resolve) => {
  if (!isRecord(input) || !Array.isArray(input['files'])) return input;
  const each = withPaths(['path', 'labels']);
  return { ...input, files: input['files'].map(file => each(file, resolve)) };
};

/** The counts of a look at labels or at several files. */
const withCounts: Rewrite = (input, resolve) => {
  if (!isRecord(input)) return input;
  const paths = withPaths(['path']);
  const inner = (value: unknown): unknown => paths(value, resolve);
  return {
    ...(withPaths(['labels'])(input, resolve) as object),
    ...('counts' in input ? { counts: inner(input['counts']) } : {}),
    ...(Array.isArray(input['files']) ? { files: input['files'].map(inner) } : {}),
  };
};

const LIST_FILES = new Set(['path', 'gaf', 'obo', 'genes']);
/** Deeper than any request of lists goes. */
const DEEPEST = 6;

/** Files of genes and of gene sets, wherever they stand in a request. */
const listFiles: Rewrite = (input, resolve) => {
  const within = (value: unknown, depth: number): unknown => {
    if (depth > DEEPEST) return null;
    if (Array.isArray(value)) return value.map(item => within(item, depth + 1));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        LIST_FILES.has(key) && typeof item === 'string' ? resolve(item) : within(item, depth + 1),
      ]),
    );
  };
  return within(input, 0);
};

const ADMISSION: Record<keyof F910Contract, Rewrite> = {
  'system.open': asItIs,
  'system.info': asItIs,
  'system.doctor': asItIs,
  'memory.load': asItIs,
  'memory.save': asItIs,
  'system.disk': asItIs,
  'system.reference': asItIs,
  'data.inspect': withPaths(['path']),
  'data.pool': withCounts,
  'labels.inspect': withCounts,
  'data.rename': asItIs,
  'data.landmarks': asItIs,
  'data.import': importFiles,
  'data.example': asItIs,
  'data.list': asItIs,
  'data.get': asItIs,
  'data.delete': asItIs,
  'data.simulate': refused('Simulating'),
  'quality.cells': asItIs,
  'quality.balanced': asItIs,
  'quality.genes': asItIs,
  'explore.dataset': asItIs,
  'explore.look': asItIs,
  'explore.compute': asItIs,
  'explore.stop': asItIs,
  'explore.gene': asItIs,
  'explore.putLabels': asItIs,
  'explore.subset': asItIs,
  'run.start': asItIs,
  'run.resume': asItIs,
  'run.watch': asItIs,
  'run.cancel': asItIs,
  'run.pause': asItIs,
  'run.estimate': asItIs,
  'run.repeat': asItIs,
  'run.rename': asItIs,
  'run.note': asItIs,
  'run.list': asItIs,
  'run.view': asItIs,
  'run.panel': asItIs,
  'run.embedding': asItIs,
  'run.diff': asItIs,
  'gene.find': asItIs,
  'gene.view': asItIs,
  'gene.swap': asItIs,
  'run.flags': asItIs,
  'predict.check': listFiles,
  'predict.file': listFiles,
  'predict.write': refused('Predicting'),
  'board.get': asItIs,
  'board.make': listFiles,
  'board.robust': asItIs,
  'list.resolve': listFiles,
  'list.score': listFiles,
  'enrich.lists': listFiles,
  'enrich.ranked': listFiles,
  'run.delete': asItIs,
  'run.export': refused('Exporting'),
  'bin.list': asItIs,
  'bin.restore': asItIs,
  'bin.empty': asItIs,
};

/**
 * The frame to send on to the engine.
 * @throws AppError where the call is not for browsers or names a path that is no upload.
 */
export function admit(frame: Frame, uploads: Uploads): Frame {
  if (frame.t !== 'call' || !Object.hasOwn(ADMISSION, frame.name)) return frame;
  const rewrite = ADMISSION[frame.name as keyof F910Contract];
  const input = rewrite(frame.input, reference => uploads.resolve(reference));
  return input === frame.input ? frame : { ...frame, input };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
