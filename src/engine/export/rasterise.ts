/** SVG to PNG by resvg in WebAssembly, with the fonts that the app brings along: the same picture on every machine. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

const FONTS = ['Inter_400Regular.ttf', 'Inter_600SemiBold.ttf'];
/** 300 dots per inch, as journals ask, in the dots per metre that PNG wants. */
const DOTS_PER_METRE = 11811;

/** The module may be initialised once a process. */
let ready: Promise<void> | undefined;

async function initialise(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
  await initWasm(await readFile(path));
}

/**
 * @param resources folder with fonts/
 * @returns drawing of an SVG at `zoom` times its own size
 */
export async function rasteriser(resources: string): Promise<(svg: string, zoom: number) => Buffer> {
  const fontBuffers = await Promise.all(FONTS.map(name => readFile(join(resources, 'fonts', name))));
  await (ready ??= initialise());
  return (svg, zoom) => {
    const drawing = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: zoom },
      font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
    });
    const image = drawing.render();
    try {
      return withResolution(Buffer.from(image.asPng()));
    } finally {
      image.free();
      drawing.free();
    }
  };
}

/** Adds a pHYs chunk behind the header chunk, which ends at byte 33 of every PNG. */
function withResolution(png: Buffer): Buffer {
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(DOTS_PER_METRE, 8);
  chunk.writeUInt32BE(DOTS_PER_METRE, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}
