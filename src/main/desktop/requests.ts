/** Parsers of what the page sends to the window's process: bounded, and nothing beyond what is named here. */
import { z } from 'zod';
import { THEMES, type DesktopState } from '../../shared/desktop.ts';

/** More than any table or figure of the app comes to; what is larger is written by the engine. */
export const LARGEST_FILE_BYTES = 512 * 2 ** 20;

const sentence = z.string().max(500);
const id = z.string().min(1).max(100);

export const saveRequest = z.tuple([
  z.string().min(1).max(200),
  z
    .instanceof(Uint8Array)
    .refine(bytes => bytes.length <= LARGEST_FILE_BYTES, 'The file is larger than 512 MB.'),
]);
export const notifyRequest = z.tuple([z.string().min(1).max(120), sentence]);
export const themeRequest = z.tuple([z.enum(THEMES)]);
export const fileRequest = z.tuple([z.string().min(1).max(4_096)]);
export const editRequest = z.tuple([z.enum(['undo', 'redo'])]);
export const stateRequest = z.tuple([
  z.strictObject({
    undo: sentence.nullable(),
    redo: sentence.nullable(),
    dataset: z.strictObject({ id, name: z.string().max(300) }).nullable(),
    datasets: z.array(id).max(100_000).nullable(),
    running: z.number().min(0).max(1).nullable(),
    can: z.strictObject({
      start: z.boolean(),
      pause: z.boolean(),
      stop: z.boolean(),
      exportPanel: z.boolean(),
    }),
  }),
]) satisfies z.ZodType<[DesktopState]>;
