import { glob, lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file that the user named or that lies in a folder that they named. */
export interface Input {
  /** Absolute. */
  readonly file: string;
  /** As it appears in the dataset: relative to what was given, `/` between folders on every system. */
  readonly document: string;
  readonly size: number;
  /** Milliseconds. */
  readonly mtime: number;
}

/** A path that leads nowhere, said so that the user can mend it. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

export interface Inputs {
  /** In an order that is the same on every system. */
  readonly files: AsyncIterable<Input>;
  /**
   * What was given. `prefix`: of the names of the documents in it, so that what lies under it and is not seen has left.
   */
  readonly roots: readonly { readonly prefix: string; readonly absolute: string }[];
}

/** File name endings of documents that are looked for in folders. A file named outright is read whatever its name. */
const ENDINGS = new Set(
  'html htm shtml xhtml mht mhtml docx doc wps rtf odt pdf ofd txt md png jpg jpeg zip rar 7z xlsx xls et ods'.split(
    ' ',
  ),
);

/**
 * Resolves what was given on the command line: files, folders (with all below them) and globs. Throws InputError for
 * a path that does not exist or a glob that matches nothing.
 */
export async function resolveInputs(
  given: readonly string[],
  ignored: (file: string) => void = () => {},
): Promise<Inputs> {
  const parts: { kind: 'file' | 'folder'; absolute: string; name: string }[] = [];
  for (const item of given) {
    const found = await resolveOne(item);
    parts.push(...found);
  }
  const names = new Map<string, string>();
  for (const part of parts) {
    const other = names.get(part.name);
    if (other !== undefined && other !== part.absolute) {
      throw new InputError(
        `${other} and ${part.absolute} would both be called “${part.name}” in the dataset. Give the folder above both instead.`,
      );
    }
    names.set(part.name, part.absolute);
  }
  return {
    files: walkAll(
      [...parts].sort((a, b) => (a.name < b.name ? -1 : 1)),
      ignored,
    ),
    roots: parts.map((p) => ({
      prefix: p.kind === 'folder' && p.name !== '' ? `${p.name}/` : p.name,
      absolute: p.absolute,
    })),
  };
}

async function resolveOne(
  item: string,
): Promise<{ kind: 'file' | 'folder'; absolute: string; name: string }[]> {
  const absolute = path.resolve(item);
  const info = await stat(absolute).catch(() => null);
  if (info?.isDirectory()) return [{ kind: 'folder', absolute, name: nameOf(item, absolute) }];
  if (info) return [{ kind: 'file', absolute, name: nameOf(item, absolute) }];
  if (/[*?[{]/u.test(item)) {
    const matches: string[] = [];
    for await (const match of glob(item.replaceAll('\\', '/'))) matches.push(match);
    if (matches.length === 0)
      throw new InputError(`${item}: no file matches this pattern (from ${process.cwd()})`);
    const all = await Promise.all(
      matches.sort().map(async (m) => {
        const kind = (await stat(m)).isDirectory() ? ('folder' as const) : ('file' as const);
        return { kind, absolute: path.resolve(m), name: nameOf(m, path.resolve(m)) };
      }),
    );
    // `**` gives a folder and all in it: the folder alone is enough.
    const folders = all.filter((a) => a.kind === 'folder');
    return all.filter((a) => !folders.some((f) => f !== a && a.absolute.startsWith(f.absolute + path.sep)));
  }
  throw new InputError(`${item}: no such file or folder (looked for ${absolute})`);
}

/**
 * What lies below the working folder keeps its relative path, anything else (the folder itself too) its last name: a
 * name that covered everything would mark the documents of other folders as gone.
 */
function nameOf(item: string, absolute: string): string {
  const relative = path.relative(process.cwd(), absolute) || path.basename(absolute);
  const outside = relative.startsWith('..') || path.isAbsolute(relative);
  const name = outside || path.isAbsolute(item) ? path.basename(absolute) : relative;
  return name.split(path.sep).join('/').normalize('NFC');
}

async function* walkAll(
  parts: readonly { kind: 'file' | 'folder'; absolute: string; name: string }[],
  ignored: (file: string) => void,
): AsyncGenerator<Input> {
  for (const part of parts) {
    if (part.kind === 'file') yield await inputOf(part.absolute, part.name);
    else yield* walk(part.absolute, part.name, ignored);
  }
}

/** A folder that holds a file of this name is passed over, with all below it. */
const IGNORE_MARK = '.gongkai-ignore';

async function* walk(folder: string, name: string, ignored: (file: string) => void): AsyncGenerator<Input> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.name === IGNORE_MARK)) return;
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name.startsWith('~$')) continue;
    const absolute = path.join(folder, entry.name);
    const document = (name === '' ? entry.name : `${name}/${entry.name}`).normalize('NFC');
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') yield* walk(absolute, document, ignored);
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(absolute)))) {
      if (ENDINGS.has(path.extname(entry.name).slice(1).toLowerCase()))
        yield await inputOf(absolute, document);
      else ignored(absolute);
    }
  }
}

/** A link to a folder is not followed: it may lead back. */
async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}

async function inputOf(file: string, document: string): Promise<Input> {
  const info = await lstat(file).then((l) => (l.isSymbolicLink() ? stat(file) : l));
  return { file, document, size: info.size, mtime: Math.trunc(info.mtimeMs) };
}
