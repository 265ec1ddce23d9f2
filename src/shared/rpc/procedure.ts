/** What crosses the boundary. Types plus names; no code that computes. */

export interface Procedure<In, Out, Progress = never> {
  /** Turns untrusted input into `In`, or throws `AppError('BAD_INPUT')`. */
  readonly parse: (raw: unknown) => In;
  /**
   * Makes one of two progress values that wait to be sent, for progress that comes in parts which must all arrive.
   * Without it the later value stands for both.
   */
  readonly join?: ((earlier: unknown, later: unknown) => unknown) | undefined;
  /** Phantom types; never set at run time. */
  readonly _out?: Out;
  readonly _progress?: Progress;
}

export function procedure<In, Out, Progress = never>(
  parse: (raw: unknown) => In,
  join?: (earlier: Progress, later: Progress) => Progress,
): Procedure<In, Out, Progress> {
  // Only what handlers of this procedure report is joined, and that has the type of its progress.
  return { parse, join: join as Procedure<In, Out>['join'] };
}

// Inferred from the procedures, so a contract stays a plain object literal.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Contract = Record<string, Procedure<any, any, any>>;
export type InputOf<P> = P extends Procedure<infer I, infer _O, infer _G> ? I : never;
export type OutputOf<P> = P extends Procedure<infer _I, infer O, infer _G> ? O : never;
export type ProgressOf<P> = P extends Procedure<infer _I, infer _O, infer G> ? G : never;
