/** An HDF5 file as the readers see it: groups, datasets and attributes with their types checked on the way. */
import { accessSync, constants } from 'node:fs';
import { Dataset, ExternalLink, Group } from 'h5wasm/node';
import { badFile } from '../../../shared/errors.ts';
import { isPrintable } from '../binary/printable.ts';
import { fileProblem } from '../bytes.ts';
import { Hdf5Dataset } from './dataset.ts';
import { openHdf5, type Library } from './library.ts';

export type Attribute = string | number | readonly string[] | readonly number[];

export class Hdf5Group {
  /** Path within the file; '' for the root. */
  readonly path: string;
  readonly #file: string;
  readonly #library: Library;
  readonly #group: Group;
  #keys: ReadonlySet<string> | undefined;

  constructor(file: string, library: Library, group: Group, path: string) {
    this.#file = file;
    this.#library = library;
    this.#group = group;
    this.path = path;
  }

  /** Where the file is. */
  get diskPath(): string {
    return this.#library.path;
  }

  /** Names in this group; one that no program would have written is passed over. */
  keys(): ReadonlySet<string> {
    return (this.#keys ??= new Set(this.#library.call(() => this.#group.keys()).filter(isPrintable)));
  }

  /** What is stored under a name of this group, or null where there is no such name or it is neither of the two. */
  child(name: string): Hdf5Group | Hdf5Dataset | null {
    if (!this.keys().has(name)) return null;
    const path = this.path === '' ? name : `${this.path}/${name}`;
    const entity = this.#library.call(() => this.#group.get(name));
    if (entity instanceof Group) return new Hdf5Group(this.#file, this.#library, entity, path);
    if (entity instanceof Dataset) return new Hdf5Dataset(this.#file, this.#library, entity, path);
    if (entity instanceof ExternalLink) {
      throw badFile(this.#file, `keeps ${path} in another file, which is not read`);
    }
    return null;
  }

  group(name: string): Hdf5Group | null {
    const child = this.child(name);
    return child instanceof Hdf5Group ? child : null;
  }

  dataset(name: string): Hdf5Dataset | null {
    const child = this.child(name);
    return child instanceof Hdf5Dataset ? child : null;
  }

  /** @throws AppError BAD_FILE where it is missing */
  needDataset(name: string): Hdf5Dataset {
    const found = this.dataset(name);
    if (found) return found;
    throw badFile(this.#file, `lacks ${this.path === '' ? name : `${this.path}/${name}`}`);
  }

  /** Text or numbers; null for an attribute that is missing or of another kind. */
  attribute(name: string): Attribute | null {
    return attributeOf(this.#library, this.#group, name);
  }
}

/** An attribute of a group or dataset. */
function attributeOf(library: Library, owner: Group | Dataset, name: string): Attribute | null {
  return library.call(() => {
    if (!library.module.get_attribute_names(owner.file_id, owner.path).includes(name)) return null;
    const value: unknown = owner.get_attribute(name, false);
    if (typeof value === 'string' || typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    const items: unknown[] =
      ArrayBuffer.isView(value) && !(value instanceof DataView)
        ? Array.from(value as unknown as ArrayLike<unknown>)
        : Array.isArray(value)
          ? value
          : [];
    if (items.length === 0) return null;
    if (items.every(item => typeof item === 'string')) return items;
    const numbers = items.map(item => (typeof item === 'bigint' ? Number(item) : item));
    return numbers.every(item => typeof item === 'number') ? numbers : null;
  });
}

/** Opens a file that starts as HDF5 files do, hands its root to the work, and closes it. */
export async function withHdf5<T>(
  path: string,
  name: string,
  work: (root: Hdf5Group) => Promise<T>,
): Promise<T> {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw fileProblem(name, error);
  }
  const library = await openHdf5(path, name);
  try {
    return await work(new Hdf5Group(name, library, library.root, ''));
  } finally {
    try {
      library.root.close();
    } catch {
      // After a trap the library can do nothing any more; the thread ends and takes it along.
    }
  }
}
