/**
 * Makes the icons of the packaged app from resources/icons/icon.svg: PNG of every size for Linux, one ICO for Windows, one
 * ICNS for macOS. Both containers take PNG as it is, so nothing but resvg is needed. Run it when the SVG has changed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { root } from './lib/places.mjs';

const folder = join(root, 'resources', 'icons');
/** Sizes that Linux desktops look for. */
const PNG_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** A directory entry of an ICO holds no size above 256. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** Names that macOS gives to PNG of these sizes; @2x has a name of its own. */
const ICNS_TYPES = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
];

const wasm = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
await initWasm(readFileSync(wasm));
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
const pictures = new Map(PNG_SIZES.map(size => [size, draw(size)]));

mkdirSync(join(folder, 'png'), { recursive: true });
for (const [size, png] of pictures) writeFileSync(join(folder, 'png', `${size}x${size}.png`), png);
writeFileSync(join(folder, 'icon.ico'), ico(ICO_SIZES.map(size => ({ size, png: pictures.get(size) }))));
writeFileSync(join(folder, 'icon.icns'), icns(ICNS_TYPES.map(([type, size]) => [type, pictures.get(size)])));

function draw(size) {
  const drawing = new Resvg(svg, { fitTo: { mode: 'width', value: size } });
  return Buffer.from(drawing.render().asPng());
}

/** Header, one entry of 16 bytes for each picture, then the pictures. */
function ico(entries) {
  const header = Buffer.alloc(6 + 16 * entries.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(entries.length, 4);
  let offset = header.length;
  entries.forEach(({ size, png }, k) => {
    const at = 6 + 16 * k;
    // 0 stands for 256.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...entries.map(({ png }) => png)]);
}

/** A type of four letters and a length before each picture, and the same before all of them. */
function icns(entries) {
  const parts = entries.map(([type, png]) => part(type, png));
  return part('icns', Buffer.concat(parts));
}

function part(type, content) {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}
