/** Opens 8-bit RGB and RGBA PNG files, to see in tests whether something is drawn. */
import { crc32, inflateSync } from 'node:zlib';

export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Dots per inch, or null where the file does not say. */
  readonly resolution: number | null;
  /** Bytes a pixel: 3 or 4. */
  readonly channels: number;
  /** The first `lines` lines; the whole picture of a large figure takes long to undo. */
  readonly top: Uint8Array;
}

/** @throws Error for a damaged file, a checksum that does not fit or a picture that is not complete */
export function readPng(file: Buffer, lines: number): PngImage {
  if (file.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new Error('not a PNG');
  let [width, height, channels] = [0, 0, 0];
  let resolution: number | null = null;
  const data: Buffer[] = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const kind = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    const sum = file.readUInt32BE(at + 8 + length);
    if (crc32(file.subarray(at + 4, at + 8 + length)) !== sum) throw new Error(`checksum of ${kind}`);
    if (kind === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      if (body[8] !== 8 || body[12] !== 0) throw new Error('not 8 bits a channel in one pass');
      channels = body[9] === 6 ? 4 : 3;
    } else if (kind === 'pHYs') resolution = Math.round(body.readUInt32BE(0) * 0.0254);
    else if (kind === 'IDAT') data.push(body);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(data));
  if (raw.length !== height * (width * channels + 1)) throw new Error('not complete');
  return { width, height, resolution, channels, top: unfilter(raw, width * channels, lines, channels) };
}

/** The five filters of PNG, undone line by line. */
function unfilter(raw: Buffer, stride: number, lines: number, channels: number): Uint8Array {
  const out = new Uint8Array(stride * lines);
  for (let y = 0; y < lines; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? out[at - channels]! : 0;
      const up = y > 0 ? out[at - stride]! : 0;
      const corner = x >= channels && y > 0 ? out[at - stride - channels]! : 0;
      let predicted = 0;
      if (filter === 1) predicted = left;
      else if (filter === 2) predicted = up;
      else if (filter === 3) predicted = (left + up) >> 1;
      else if (filter === 4) predicted = paeth(left, up, corner);
      out[at] = raw[y * (stride + 1) + 1 + x]! + predicted;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const a = Math.abs(up - corner);
  const b = Math.abs(left - corner);
  const c = Math.abs(left + up - 2 * corner);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
