/** Every failure the app can name. A code says what kind it is, facts carry what is needed to explain it. */

export interface ErrorFacts {
  /** The user asked to stop. */
  CANCELLED: { readonly what: string };
  /** The engine process ended while somebody waited for it. */
  ENGINE_LOST: { readonly reason: string };
  /** A request, option or parameter that cannot be used. */
  BAD_INPUT: { readonly path: string; readonly problem: string };
  /** A file whose content is wrong; `file` is its base name, `cause` a phrase without the name. */
  BAD_FILE: { readonly file: string; readonly cause: string };
  /** A file or folder that no reader recognises. */
  FORMAT_UNRECOGNISED: { readonly file: string; readonly reads: readonly string[] };
  /** Sound data from which the asked result cannot be computed (too few cells, no genes left). */
  NOT_POSSIBLE: { readonly what: string; readonly why: string };
  NOT_FOUND: { readonly what: string; readonly id: string };
  /** The workspace or a data set in it is damaged or in use. */
  WORKSPACE: { readonly path: string; readonly problem: string };
  /** Not enough memory or disk, said before the work starts. */
  NO_ROOM: { readonly needed: number; readonly available: number; readonly of: 'memory' | 'disk' };
  INTERNAL: { readonly name: string };
}
export type ErrorCode = keyof ErrorFacts;

export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError';
  readonly code: C;
  readonly facts: ErrorFacts[C];
  constructor(code: C, message: string, facts: ErrorFacts[C], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.facts = facts;
  }
}

/** Narrows by code, so `facts` has its own shape in the branch; without a code, to any failure with a name. */
export function isAppError<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is AppError<C> {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** A file problem in one sentence: `<file> <cause>.` — the cause continues the sentence ("is empty"). */
export function badFile(file: string, cause: string, options?: ErrorOptions): AppError<'BAD_FILE'> {
  return new AppError('BAD_FILE', `${file} ${cause}.`, { file, cause }, options);
}

export function badInput(path: string, problem: string): AppError<'BAD_INPUT'> {
  return new AppError('BAD_INPUT', problem, { path, problem });
}

export function cancelled(what: string): AppError<'CANCELLED'> {
  return new AppError('CANCELLED', `${what} was cancelled.`, { what });
}

/** Errors of bad input or usage; the terminal leaves with 2 for them, with 1 for others. */
export function isInputError(error: unknown): boolean {
  const codes: readonly ErrorCode[] = [
    'BAD_INPUT',
    'BAD_FILE',
    'FORMAT_UNRECOGNISED',
    'NOT_POSSIBLE',
    'NOT_FOUND',
  ];
  return isAppError(error) && codes.includes(error.code);
}

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: unknown;
  readonly stack?: string;
}

export function toWire(error: unknown): WireError {
  const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  if (isAppError(error)) {
    return { code: error.code, message: error.message, facts: error.facts, ...stack };
  }
  const e = error instanceof Error ? error : new Error(String(error));
  return { code: 'INTERNAL', message: e.message, facts: { name: e.name }, ...stack };
}

export function fromWire(wire: WireError): AppError {
  const error = new AppError(wire.code, wire.message, wire.facts as ErrorFacts[ErrorCode]);
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
