/** What both hosts say when there is no engine or no file. */
import { AppError } from '../shared/errors.ts';

export function engineLost(reason: string): AppError<'ENGINE_LOST'> {
  return new AppError('ENGINE_LOST', `The engine stopped: ${reason}.`, { reason });
}

export function noFile(name: string): AppError<'BAD_FILE'> {
  const cause = 'holds no file that can be read';
  return new AppError('BAD_FILE', `${name} ${cause}.`, { file: name, cause });
}
