/** The readers of R files: one object (RDS), or the objects of a workspace (RData, as PanglaoDB offers). */
import type { Reader } from '../contract.ts';
import { parseInWorker } from '../worker/client.ts';
import { startsAsR, type RFile } from './file.ts';

export const rdsReader = rReader('RDS');
export const rdataReader = rReader('RData');

function rReader(format: RFile['container']): Reader {
  return {
    format,
    recognises: async source => !source.isFolder && (await startsAsR(source, format)),
    read: (source, options, sink, context) => parseInWorker('r', source, options, sink, context),
  };
}
