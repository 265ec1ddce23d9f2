/** What a file is by its first bytes: packed things that hold other files, and known things that are not read. */
import { AppError, badFile } from '../../shared/errors.ts';
import { isGzip, type Head } from './bytes.ts';

/** What the app reads, for messages. */
export const READ_FORMATS: readonly string[] = [
  '10x MTX folders',
  '10x HDF5',
  'h5ad',
  'loom',
  'CSV, TSV and TXT tables',
  'RDS',
  'RData',
  'zip, tar and tar.gz of one of these',
];

export type Packing = 'zip' | 'tar' | 'gzip';

/** How other files are packed into this one; null for a file that is read as it is. A gzipped text is not packed. */
export function packingOf(head: Head): Packing | null {
  if (isZip(head.raw)) return 'zip';
  if (isTar(head.content)) return 'tar';
  const inside = head.content;
  return head.gzipped && (isZip(inside) || isGzip(inside) || isHdf5(inside)) ? 'gzip' : null;
}

export function isHdf5(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
}

/** Text in any of the encodings that tables come in: no zero bytes, unless a byte order mark says UTF-16. */
export function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && (utf16Of(bytes) !== null || !bytes.includes(0));
}

export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  return startsWith(bytes, [0xfe, 0xff]) ? 'utf-16be' : null;
}

/** Things people try, with what to do instead. */
const UNREAD: readonly { readonly bytes: readonly number[]; readonly cause: string }[] = [
  { bytes: [0x42, 0x5a, 0x68], cause: 'is packed with bzip2: unpack it first' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], cause: 'is packed with xz: unpack it first' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], cause: 'is packed with Zstandard: unpack it first' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], cause: 'is a 7z archive: unpack it first' },
  { bytes: [0x52, 0x61, 0x72, 0x21], cause: 'is a RAR archive: unpack it first' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], cause: 'is an Excel workbook: save its sheet as CSV and choose that' },
  { bytes: [0x25, 0x50, 0x44, 0x46], cause: 'is a PDF, not data' },
];

/** The error for a file that no reader recognises. */
export function unrecognised(name: string, head: Head): AppError {
  const known = UNREAD.find(({ bytes }) => startsWith(head.raw, bytes));
  if (known) return badFile(name, known.cause);
  if (/^\s*<(!doctype|html|\?xml)/i.test(head.content.toString('latin1', 0, 200))) {
    return badFile(name, 'is a web page, not data: the download went wrong');
  }
  const hdf5Name = /\.(h5|hdf5|h5ad|loom)$/i.test(name);
  if (hdf5Name && !isHdf5(head.content)) return badFile(name, 'is not an HDF5 file');
  return unrecognisedFormat(name, 'is in no format that can be read');
}

export function unrecognisedFormat(file: string, cause: string): AppError<'FORMAT_UNRECOGNISED'> {
  return new AppError('FORMAT_UNRECOGNISED', `${file} ${cause}; these are: ${READ_FORMATS.join(', ')}.`, {
    file,
    reads: READ_FORMATS,
  });
}

function isZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x50, 0x4b, 3, 4]) || startsWith(bytes, [0x50, 0x4b, 5, 6]);
}

/** By the checksum of its first header, which every kind of tar has. */
function isTar(bytes: Buffer): boolean {
  if (bytes.length < 512 || bytes[0] === 0) return false;
  const told = parseInt(bytes.toString('latin1', 148, 156).replaceAll('\0', ' ').trim(), 8);
  let sum = 8 * 0x20;
  for (let k = 0; k < 512; k++) if (k < 148 || k >= 156) sum += bytes[k]!;
  return sum === told;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, k) => bytes[k] === byte);
}
