import { ReadError } from '../document.ts';
import type { Zip } from '../zip.ts';

/** The name of an entry for a location: from the root when it begins with a slash, else from the folder. */
export function resolve(zip: Zip, folder: string, location: string): string {
  const parts: string[] = [];
  const path = location.startsWith('/') ? location.slice(1) : folder + location;
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const name = parts.join('/');
  // Some producers write locations from the root without the slash.
  if (!zip.has(name) && zip.has(location)) return location;
  if (!zip.has(name)) throw new ReadError('corrupt', `the OFD names a part ${name} that it does not have`);
  return name;
}

/** Null where the entry is missing: a page can be read without its pictures. */
export function resolveOrNull(zip: Zip, folder: string, location: string): string | null {
  if (location === '') return null;
  try {
    return resolve(zip, folder, location);
  } catch (error) {
    if (error instanceof ReadError) return null;
    throw error;
  }
}

export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}
