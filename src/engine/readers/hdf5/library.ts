/**
 * The HDF5 library in this thread: loaded once, confined to one file, and its failures turned into a sentence.
 * After a failure the library may be unusable or hold on to the file, so the thread that parsed a file ends with it.
 */
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import h5wasm, { type File, type Metadata } from 'h5wasm/node';
import { base_url as pluginsUrl } from 'h5wasm-plugins';
import { AppError, badFile } from '../../../shared/errors.ts';

export type Hdf5Module = Awaited<typeof h5wasm.ready>;

export interface Library {
  readonly module: Hdf5Module;
  readonly root: File;
  readonly path: string;
  /** Runs one call into the library. @throws AppError BAD_FILE for whatever it fails with */
  readonly call: <T>(work: () => T) => T;
}

export type { Metadata };

/** What the library may open besides its own plugins: one file at a time. Paths it asked for in vain are kept. */
const permission = { file: '', refused: [] as string[] };
let ready: Promise<Hdf5Module> | undefined;

/** @throws AppError BAD_FILE where the library cannot open the file */
export async function openHdf5(path: string, name: string): Promise<Library> {
  const module = await (ready ??= prepare());
  permission.file = resolve(path);
  permission.refused.length = 0;
  const call = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (permission.refused.length > 0) {
        throw badFile(name, 'keeps a part of its content in other files, which are not read');
      }
      throw badFile(name, causeOf(error), { cause: error });
    }
  };
  return { module, path, root: call(() => new h5wasm.File(resolve(path), 'r')), call };
}

async function prepare(): Promise<Hdf5Module> {
  const module = await h5wasm.ready;
  module.activate_throwing_error_handler();
  const plugins = fileURLToPath(`${pluginsUrl}/plugins`);
  // In place of folders of the machine, which may hold plugins of another build.
  for (let k = module.get_plugin_search_paths().length; k > 0; k--) module.remove_plugin_search_path(0);
  module.insert_plugin_search_path(plugins, 0);
  confine(module, plugins);
  return module;
}

/**
 * An HDF5 file can name other files to read from. The library may open the one that the user chose and its own filter
 * plugins, nothing else, and what it would print on the standard streams is dropped.
 */
function confine({ FS }: Hdf5Module, plugins: string): void {
  const open = FS.open.bind(FS);
  const write = FS.write.bind(FS);
  const noSuchFile = 44;
  FS.open = (path, ...rest) => {
    const full = resolve(path);
    const own = full === permission.file || full === plugins || full.startsWith(plugins + sep);
    // The library writes its reports of errors to a nameless file before it hands them over.
    const report = /^\/tmp\/tmpfile_\w+$/.test(path);
    if (own || report) return open(path, ...rest);
    permission.refused.push(full);
    // Missing in the types: the error that the library takes for one of the operating system.
    const { ErrnoError } = FS as unknown as { ErrnoError: new (number: number) => Error };
    throw new ErrnoError(noSuchFile);
  };
  FS.write = (stream, bytes, offset, length, ...rest) => {
    const { nfd } = stream as unknown as { nfd?: number };
    return nfd === 1 || nfd === 2 ? length : write(stream, bytes, offset, length, ...rest);
  };
}

/** The library reports a dump of its call stack, or the trap that ended it. */
function causeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/required filter|filter .*not (registered|available)|can't (find|load) plugin/i.test(text)) {
    return 'is compressed in a way that cannot be read: write it again with gzip compression or none';
  }
  if (/exceeds maximum memory|Memory allocation|memory allocation failed|Cannot enlarge memory/i.test(text)) {
    return 'asks for more memory than can be had: it is damaged, or stored in pieces that are too large';
  }
  return 'ends too early or is damaged: the download or copy is incomplete';
}
