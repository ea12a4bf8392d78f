import { existsSync } from 'node:fs';
import path from 'node:path';
import { ADDED } from '../crawl/document-name.ts';

/**
 * The names of documents in the dataset. A document is called by its path from what was given, so that no path of the
 * machine gets into the dataset; and a name means one file for good: the same folder has the same name in every run,
 * given alone or with others, from above or from within, and two folders of the same last name have different ones.
 */

/** Where names lead: what is called `prefix` + rest lies at `absolute`/rest. */
export interface Root {
  /** Ends in `/`; empty for files that were given one by one and are called by their last name alone. */
  readonly prefix: string;
  readonly absolute: string;
}

/** What earlier runs on the same store were given. */
export interface Memory {
  /** Newest first. */
  readonly roots: readonly Root[];
  /** Bytes of a stored document, null for a name that is free. */
  size(document: string): Promise<number | null>;
}

export const NO_MEMORY: Memory = { roots: [], size: async () => null };

export interface Given {
  readonly kind: 'file' | 'folder';
  readonly absolute: string;
  /** What it is called if nothing else is called so. */
  readonly preferred: string;
}

export interface Named extends Given {
  readonly name: string;
  /** What else has the preferred name, where that is why it has another one since this run. */
  readonly insteadOf: string | null;
}

/** Two files would have the same name however much of their paths is added. */
export class NameError extends Error {
  override readonly name = 'NameError';
}

/**
 * Names everything that was given. What is known, or lies in what is known, keeps its name. A name that is taken gets
 * as many of the folders above before it as tell it apart; of several new ones of the same name all do, whatever their
 * order. A name passes on when what it meant has gone and `moved` says that the documents in the new place are those
 * stored under it.
 */
export async function nameAll(
  given: readonly Given[],
  memory: Memory,
  moved: (part: Given, name: string) => Promise<boolean>,
): Promise<Named[]> {
  const known = validRoots(memory.roots);
  const parts: { part: Given; fixed: boolean; name: string; insteadOf: string | null }[] = [];
  for (const part of given) {
    const name = await knownName(known, part, memory);
    parts.push({ part, fixed: name !== null, name: name ?? part.preferred, insteadOf: null });
  }
  const free = new Map<string, boolean>();
  const lengthen = (entry: (typeof parts)[number], because: string) => {
    const longer = withOneMoreParent(entry.part.absolute, entry.name);
    if (longer === null)
      throw new NameError(
        `${entry.part.absolute} and ${because} would both be called “${entry.name}” in the dataset. Rename one of them, or give the folder above both instead.`,
      );
    entry.name = longer;
    entry.insteadOf ??= because;
  };
  for (;;) {
    let changed = false;
    const clashes = clashesAmong(parts.map(({ part, name }) => ({ ...part, name })));
    for (const [i, entry] of parts.entries()) {
      const other = clashes.get(i);
      if (other === undefined || entry.fixed) continue;
      lengthen(entry, other);
      changed = true;
    }
    if (!changed && clashes.size > 0) {
      const [i, other] = [...clashes][0] as [number, string];
      throw new NameError(
        `${parts[i]?.part.absolute} and ${other} would both be called “${parts[i]?.name}” in the dataset. Give the folder above both instead.`,
      );
    }
    for (const entry of parts) {
      if (entry.fixed) continue;
      const key = `${entry.name}\0${entry.part.absolute}`;
      const holder = free.get(key) === true ? null : await holderOf(entry.part, entry.name, known, memory);
      if (holder === null || (holder.gone && (await moved(entry.part, entry.name)))) {
        free.set(key, true);
        continue;
      }
      lengthen(entry, holder.absolute);
      changed = true;
    }
    if (!changed) break;
  }
  return parts.map(({ part, name, insteadOf }) => ({ ...part, name, insteadOf }));
}

/** Folders below `folder` that have a name of their own from an earlier run. */
export function namedWithin(folder: string, name: string, roots: readonly Root[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const root of validRoots(roots)) {
    if (root.prefix === '') continue;
    const rest = below(folder, root.absolute);
    if (rest === null || rest === '' || !existsSync(root.absolute)) continue;
    const own = root.prefix.slice(0, -1);
    if (own !== `${name}/${rest}` && !names.has(root.absolute)) names.set(root.absolute, own);
  }
  return names;
}

/** What to remember of a run: of many files in one folder only the folder. */
export function rootsOf(named: readonly Named[]): Root[] {
  const roots = new Map<string, Root>();
  for (const { kind, absolute, name } of named) {
    const root: Root =
      kind === 'folder' ? { prefix: `${name}/`, absolute } : folderOfFile({ prefix: name, absolute });
    roots.set(`${root.prefix}\0${root.absolute}`, root);
  }
  return [...roots.values()];
}

const REMEMBERED = 10_000;

/** Newest first, each once. */
export function remember(now: readonly Root[], before: readonly Root[]): Root[] {
  const all = new Map<string, Root>();
  for (const { prefix, absolute } of [...now, ...before]) {
    const key = `${prefix}\0${absolute}`;
    if (!all.has(key) && all.size < REMEMBERED) all.set(key, { prefix, absolute });
  }
  return [...all.values()];
}

function folderOfFile({ prefix, absolute }: Root): Root {
  return { prefix: prefix.slice(0, prefix.lastIndexOf('/') + 1), absolute: path.dirname(absolute) };
}

/** Without those whose names mean something else since. */
function validRoots(roots: readonly Root[]): Root[] {
  const valid: Root[] = [];
  const byPrefix = new Map<string, Root>();
  for (const given of roots) {
    const root = given.prefix === '' || given.prefix.endsWith('/') ? given : folderOfFile(given);
    if (root.prefix !== '') {
      const newer = covering(byPrefix, root.prefix);
      if (newer && !leadsTo(newer, root) && existsSync(newer.absolute)) continue;
      if (!byPrefix.has(root.prefix)) byPrefix.set(root.prefix, root);
    }
    valid.push(root);
  }
  return valid;
}

function covering(byPrefix: ReadonlyMap<string, Root>, prefix: string): Root | undefined {
  for (let at = prefix.indexOf('/'); at >= 0; at = prefix.indexOf('/', at + 1)) {
    const root = byPrefix.get(prefix.slice(0, at + 1));
    if (root) return root;
  }
  return undefined;
}

/** The name of `inner` begins with that of `outer`: is that where it lies, too? */
function leadsTo(outer: Root, inner: Root): boolean {
  const rest = inner.prefix.slice(outer.prefix.length).split('/').filter(Boolean);
  return path.join(outer.absolute, ...rest).normalize('NFC') === inner.absolute.normalize('NFC');
}

/** The name from an earlier run. Files of one folder may have been given singly and as a whole: what is stored decides. */
async function knownName(roots: readonly Root[], part: Given, memory: Memory): Promise<string | null> {
  const found: { readonly name: string; readonly depth: number }[] = [];
  for (const root of roots) {
    if (root.prefix === '' && part.kind === 'folder') continue;
    const rest = below(root.absolute, part.absolute);
    if (rest === null || (root.prefix === '' && (rest === '' || rest.includes('/')))) continue;
    const name = rest === '' ? root.prefix.slice(0, -1) : root.prefix + rest;
    found.push({ name, depth: root.absolute.length });
  }
  found.sort((a, b) => b.depth - a.depth);
  if (part.kind === 'file' && found.length > 1)
    for (const { name } of found) if ((await memory.size(name)) !== null) return name;
  return found[0]?.name ?? null;
}

/** The path of `inner` from `outer`, `/` between folders, empty for the same; null where it lies elsewhere. */
function below(outer: string, inner: string): string | null {
  if (inner === outer) return '';
  const relative = path.relative(outer, inner);
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return null;
  return relative.split(path.sep).join('/').normalize('NFC');
}

function withOneMoreParent(absolute: string, name: string): string | null {
  const all = absolute
    .split(/[/\\]/u)
    .map((segment) => segment.replace(/:$/u, ''))
    .filter(Boolean);
  const now = name.split('/').length;
  return now >= all.length
    ? null
    : all
        .slice(all.length - now - 1)
        .join('/')
        .normalize('NFC');
}

/** By the number of a part: what else has its name, or a name that its own lies under, without lying there. */
function clashesAmong(parts: readonly (Given & { readonly name: string })[]): Map<number, string> {
  const first = new Map<string, number>();
  for (const [i, { name }] of parts.entries()) if (!first.has(name)) first.set(name, i);
  const clashes = new Map<number, string>();
  for (const [i, part] of parts.entries()) {
    for (let at = part.name.length; at > 0; at = part.name.lastIndexOf('/', at - 1)) {
      const j = first.get(part.name.slice(0, at));
      const outer = j === undefined || j === i ? undefined : parts[j];
      if (j === undefined || !outer) continue;
      const rest = part.name.slice(at + 1).split('/');
      if (
        at === part.name.length
          ? outer.absolute === part.absolute
          : below(outer.absolute, part.absolute) === rest.join('/')
      )
        continue;
      clashes.set(i, outer.absolute);
      clashes.set(j, part.absolute);
    }
  }
  return clashes;
}

/** What a name means since an earlier run, if not this. */
async function holderOf(
  part: Given,
  name: string,
  roots: readonly Root[],
  memory: Memory,
): Promise<{ readonly absolute: string; readonly gone: boolean } | null> {
  if ((part.kind === 'folder' ? `${name}/` : name).startsWith(ADDED))
    return { absolute: 'what “gongkai add” brings in', gone: false };
  for (const root of roots) {
    if (root.prefix === '') {
      if (part.kind === 'folder' || name.includes('/')) continue;
      const absolute = path.join(root.absolute, name);
      if (absolute === part.absolute) return null;
      if ((await memory.size(name)) !== null) return { absolute, gone: !existsSync(absolute) };
      continue;
    }
    const own = `${name}/`;
    const covers = own.startsWith(root.prefix);
    if (!covers && !(part.kind === 'folder' && root.prefix.startsWith(own))) continue;
    const asRoot = { prefix: own, absolute: part.absolute };
    if (covers ? leadsTo(root, asRoot) : leadsTo(asRoot, root)) continue;
    return { absolute: root.absolute, gone: !existsSync(root.absolute) };
  }
  return null;
}
