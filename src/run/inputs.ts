import { constants, type Dirent } from 'node:fs';
import { access, glob, lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isArchiveName } from '../read/archive/archive-kind.ts';
import {
  type Given,
  type Memory,
  type Named,
  NameError,
  NO_MEMORY,
  nameAll,
  namedWithin,
  type Root,
  remember,
  rootsOf,
} from './naming.ts';

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
  /** What was given, and beginnings of names that were looked through: what is under one of them and is not met has left. */
  readonly named: readonly Named[];
  readonly covered: readonly string[];
  /**
   * Names of files that may not be read and, ending in `/`, of folders that could not be looked into; complete once
   * `files` has ended.
   */
  readonly unseen: readonly string[];
  /** For the next run: what names mean. */
  readonly roots: readonly Root[];
}

export interface Walking {
  /** A file that is not of a kind that is read. */
  readonly onIgnored?: (file: string) => void;
  /** A file that cannot be read, or a folder that cannot be looked into, with the reason. */
  readonly onUnseen?: (path: string, reason: string) => void;
  /** The output folder: what the program wrote is no input, though it may lie among the documents. */
  readonly output?: string;
}

/** File name endings of documents that are looked for in folders, beside archives. A file named outright is read whatever its name. */
const ENDINGS = new Set(
  'html htm shtml xhtml mht mhtml docx doc wps rtf odt pdf ofd txt md png jpg jpeg xlsx xls et ods'.split(
    ' ',
  ),
);

function isDocumentName(name: string): boolean {
  return isArchiveName(name) || ENDINGS.has(path.extname(name).slice(1).toLowerCase());
}

/** `findPaths` and `nameInputs` for who knows of no earlier run. */
export async function resolveInputs(given: readonly string[], walking: Walking = {}): Promise<Inputs> {
  return nameInputs(await findPaths(given), NO_MEMORY, walking);
}

/**
 * Finds what was given on the command line: files, folders (with all below them) and globs. Throws InputError for a
 * path that does not exist or a folder that may not be read, and for a glob that matches nothing. What a glob matches and
 * may not be read is found, and the walk says so.
 */
export async function findPaths(given: readonly string[]): Promise<Given[]> {
  const parts = new Map<string, Given>();
  for (const item of given)
    for (const part of await resolveOne(item)) if (!parts.has(part.absolute)) parts.set(part.absolute, part);
  // What lies in a folder that was given too is met there.
  return [...parts.values()].filter((part) => {
    for (let up = path.dirname(part.absolute); ; up = path.dirname(up)) {
      if (parts.get(up)?.kind === 'folder') return false;
      if (path.dirname(up) === up) return true;
    }
  });
}

/** Gives names to what was found (see `naming.ts`). Throws InputError where two would have the same. */
export async function nameInputs(
  given: readonly Given[],
  memory: Memory,
  walking: Walking = {},
): Promise<Inputs> {
  const named = await nameAll(given, memory, (part, name) => holdsStored(part, name, memory)).catch(
    (error: unknown) => {
      throw error instanceof NameError ? new InputError(error.message) : error;
    },
  );
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  const unseen: string[] = [];
  const within = new Map<string, string>();
  for (const part of named)
    if (part.kind === 'folder')
      for (const [folder, name] of namedWithin(part.absolute, part.name, memory.roots))
        within.set(folder, name);
  const walk = new Walk(
    {
      ...walking,
      onUnseen: (path, reason, name) => {
        // An archive is a file, and a beginning of names as well.
        unseen.push(name, `${name}/`);
        walking.onUnseen?.(path, reason);
      },
    },
    within,
    memory.size,
  );
  return {
    files: walk.all(named),
    named,
    covered: [
      ...named.flatMap(({ kind, name }) => (kind === 'folder' || isArchiveName(name) ? [`${name}/`] : [])),
      ...[...within.values()].map((name) => `${name}/`),
    ],
    unseen,
    roots: remember(rootsOf(named), memory.roots),
  };
}

/** Files of a folder that are compared with what is stored. */
const SAMPLE = 200;

/** Are the documents that are stored under a name, or some of them, those of this folder? */
async function holdsStored(part: Given, name: string, memory: Memory): Promise<boolean> {
  let looked = 0;
  for await (const { document, size } of new Walk({}, new Map(), NO_MEMORY.size).all([{ ...part, name }])) {
    if ((await memory.size(document)) === size) return true;
    if (++looked >= SAMPLE) break;
  }
  return false;
}

async function resolveOne(item: string): Promise<Given[]> {
  const absolute = path.resolve(item);
  const info = await stat(absolute).catch((error: unknown) => {
    const code = codeOf(error);
    // A long pattern is no path.
    if (isAbsence(error) || code === 'ENAMETOOLONG') return null;
    throw new InputError(
      `${item}: ${code === 'EACCES' || code === 'EPERM' ? 'permission denied' : `cannot be read, ${code}`} (${absolute})`,
    );
  });
  if (info) return [await partOf(item, absolute, info.isDirectory())];
  if (MAGIC.test(item)) {
    const matches = await matchesOf(item);
    if (matches.length === 0)
      throw new InputError(`${item}: no file matches this pattern (from ${process.cwd()})`);
    return Promise.all(
      matches.map(async (match): Promise<Given> => {
        // What a pattern meets was not named: where it may not be read, the walk says so and goes on.
        const kind = (await isFolder(match)) ? 'folder' : 'file';
        return { kind, absolute: match, preferred: nameOf(item, match) };
      }),
    );
  }
  throw new InputError(`${item}: no such file or folder (looked for ${absolute})`);
}

const MAGIC = /[*?[{]/u;

/**
 * What a pattern matches, absolute and sorted. A folder that it leads through and that may not be looked into is among
 * it: nobody knows what it would have matched there.
 */
async function matchesOf(pattern: string): Promise<string[]> {
  const slashed = pattern.replaceAll('\\', '/');
  const segments = slashed.split('/');
  const fixed = segments
    .slice(
      0,
      segments.findIndex((s) => MAGIC.test(s)),
    )
    .join('/');
  const base = path.resolve(fixed === '' && slashed.startsWith('/') ? '/' : fixed);
  const matches = new Set<string>();
  const passed = new Set<string>();
  const absolute = ({ parentPath, name }: Dirent) => path.resolve(parentPath, name);
  const entries = glob(slashed, {
    withFileTypes: true,
    // Asked of each folder before it is looked into.
    exclude: (entry) => {
      if (entry.isDirectory()) passed.add(absolute(entry));
      return false;
    },
  });
  for await (const entry of entries) matches.add(absolute(entry));
  const holding = new Set(matches);
  for (const match of matches)
    for (let up = path.dirname(match); !holding.has(up); up = path.dirname(up)) holding.add(up);
  for (const folder of passed) {
    // One that may be entered and not listed holds what is named outright all the same.
    if (!(folder === base || folder.startsWith(base + path.sep)) || holding.has(folder)) continue;
    const reason = await access(folder, constants.R_OK | constants.X_OK).then(() => null, codeOf);
    if (reason !== null && reason !== 'ENOENT') matches.add(folder);
  }
  return [...matches].sort();
}

/** False also where nobody can tell: the walk says then why it cannot be read. */
async function isFolder(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isDirectory() ?? false;
}

/** Not there: everything else (no permission, a bad disk, a share that is away) is no sign that a file has left. */
function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? String(error);
}

async function partOf(item: string, absolute: string, folder: boolean): Promise<Given> {
  if (folder)
    await access(absolute, constants.R_OK | constants.X_OK).catch(() => {
      throw new InputError(`${item}: this folder may not be read (${absolute})`);
    });
  return { kind: folder ? 'folder' : 'file', absolute, preferred: nameOf(item, absolute) };
}

/**
 * What lies below the working folder keeps its relative path, anything else (the folder itself too) its last name: a
 * name that covered everything would mark the documents of other folders as gone.
 */
function nameOf(item: string, absolute: string): string {
  const relative = path.relative(process.cwd(), absolute) || path.basename(absolute);
  const outside = /^\.\.(?:[/\\]|$)/u.test(relative) || path.isAbsolute(relative);
  const name = (outside || path.isAbsolute(item) ? path.basename(absolute) : relative) || 'root';
  return name.split(path.sep).join('/').normalize('NFC');
}

/** A folder that holds a file of this name is passed over, with all below it. */
const IGNORE_MARK = '.gongkai-ignore';
/** A folder that holds a file of this name is an output folder. */
const STORE = 'gongkai.sqlite';
/** What the program writes into its output folder. */
const WRITTEN = new Set(['dataset', 'archive', 'notices', 'findings.xlsx', 'report.html']);

interface Listeners extends Omit<Walking, 'onUnseen'> {
  readonly onUnseen?: (path: string, reason: string, name: string) => void;
}

class Walk {
  readonly #listeners: Listeners;
  /** Names of folders that have one of their own. */
  readonly #names: ReadonlyMap<string, string>;
  /** What was given, behind all links. */
  #given: readonly string[] = [];

  readonly #size: Memory['size'];

  constructor(listeners: Listeners, names: ReadonlyMap<string, string>, size: Memory['size']) {
    this.#listeners = listeners;
    this.#names = names;
    this.#size = size;
  }

  async *all(
    parts: readonly { readonly kind: 'file' | 'folder'; readonly absolute: string; readonly name: string }[],
  ): AsyncGenerator<Input> {
    const folders = parts.filter(({ kind }) => kind === 'folder');
    this.#given = await Promise.all(folders.map((f) => realpath(f.absolute).catch(() => f.absolute)));
    for (const part of parts) {
      if (part.kind === 'folder') yield* this.#folder(part.absolute, part.name, true);
      else yield* this.#input(part.absolute, part.name);
    }
  }

  #unseen(file: string, reason: string, name: string): void {
    this.#listeners.onUnseen?.(file, reason, name);
  }

  async *#folder(folder: string, name: string, given: boolean): AsyncGenerator<Input> {
    let entries: Dirent[];
    try {
      entries = await readdir(folder, { withFileTypes: true });
      // One that may be listed and not entered shows names, and nothing of what they stand for.
      await access(folder, constants.X_OK);
    } catch (error) {
      if (given || !isAbsence(error)) this.#unseen(folder, codeOf(error), name);
      return;
    }
    if (entries.some((entry) => entry.name === IGNORE_MARK)) return;
    const output = folder === this.#listeners.output || entries.some((entry) => entry.name === STORE);
    if (output && !given) return;
    for (const entry of this.#toldApart(entries, folder, name)) {
      if (output && WRITTEN.has(entry.name)) continue;
      const absolute = path.join(folder, entry.name);
      const document = `${name}/${entry.name}`.normalize('NFC');
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules')
          yield* this.#folder(absolute, this.#names.get(absolute) ?? document, false);
      } else if (entry.isSymbolicLink() && (await isFolder(absolute))) {
        await this.#link(absolute, document);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        // What was once named outright and read has not gone because its folder is given now.
        if (isDocumentName(entry.name) || (await this.#size(document)) !== null)
          yield* this.#input(absolute, document);
        else this.#listeners.onIgnored?.(absolute);
      }
    }
  }

  /**
   * In an order that is the same on every system. Of names that differ in their composition alone (é as one character or
   * as two) the composed one is the document's; the other would take its place in turn.
   */
  #toldApart(entries: readonly Dirent[], folder: string, name: string): Dirent[] {
    const shown = entries.filter((entry) => !entry.name.startsWith('.') && !entry.name.startsWith('~$'));
    const composed = (entry: Dirent) => entry.name.normalize('NFC');
    const first = new Map<string, Dirent>();
    for (const entry of shown.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = composed(entry);
      if (!first.has(key) || entry.name === key) first.set(key, entry);
    }
    return shown
      .filter((entry) => {
        const other = first.get(composed(entry));
        if (entry === other) return true;
        this.#unseen(
          path.join(folder, entry.name),
          `its name is that of another here, written with other characters (Unicode NFC and NFD); rename it`,
          `${name}/${composed(entry)}`.normalize('NFC'),
        );
        return false;
      })
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** A link to a folder is not followed: it may lead back. Where it leads to what is walked anyway, nothing is lost. */
  async #link(file: string, document: string): Promise<void> {
    const to = await realpath(file).catch(() => file);
    if (this.#given.some((folder) => to === folder || to.startsWith(folder + path.sep))) return;
    this.#unseen(file, `a link to a folder, which is not followed; give ${to} itself`, document);
  }

  /** Nothing for a file that went away since its folder was listed. */
  async *#input(file: string, document: string): AsyncGenerator<Input> {
    try {
      const info = await stat(file);
      if (!info.isFile()) {
        this.#unseen(file, 'not a file (a pipe or a device)', document);
        return;
      }
      await access(file, constants.R_OK);
      yield { file, document, size: info.size, mtime: Math.trunc(info.mtimeMs) };
    } catch (error) {
      const reason = isAbsence(error) ? await whyAbsent(file) : codeOf(error);
      if (reason !== null) this.#unseen(file, reason, document);
    }
  }
}

/** Null for a file that has gone. */
async function whyAbsent(file: string): Promise<string | null> {
  // Bytes of a name that are no UTF-8 come as this sign, and a file of that name is not there.
  if (file.includes('\ufffd')) return 'its name is not in UTF-8; rename it';
  const link = await lstat(file).catch(() => null);
  return link?.isSymbolicLink() ? 'a link that leads nowhere' : null;
}
