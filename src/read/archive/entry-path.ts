/**
 * The path of an archive's entry as a path that stays where it is unpacked: no root, no drive, no `..`, no control or
 * reserved characters.
 */
export function entryPath(name: string): string {
  const parts = name
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => part.replace(/[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, '').trim())
    .filter((part) => part !== '' && !/^\.+$/.test(part));
  return parts.join('/') || 'unnamed';
}

const LITTER_FOLDERS = new Set(['__macosx', '.git', '.svn', '$recycle.bin']);
const LITTER_FILES = new Set(['.ds_store', 'thumbs.db', 'desktop.ini']);

/** What file managers and editors leave in folders: resource forks, thumbnails, lock files of open documents. */
export function isLitter(path: string): boolean {
  const parts = path.toLowerCase().split('/');
  const file = parts.at(-1) ?? '';
  return (
    parts.some((part) => LITTER_FOLDERS.has(part)) ||
    LITTER_FILES.has(file) ||
    file.startsWith('._') ||
    file.startsWith('~$') ||
    file.startsWith('.~')
  );
}
