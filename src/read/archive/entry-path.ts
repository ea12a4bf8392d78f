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

const LITTER_FOLDERS = new Set([
  '__macosx',
  '.git',
  '.svn',
  '$recycle.bin',
  'system volume information',
  '.trashes',
  '.fseventsd',
  '.spotlight-v100',
  '@eadir',
]);
const LITTER_FILES = new Set([
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'autorun.inf',
  'icon',
  'folder.jpg',
]);
/** What is never a report whatever it holds: shortcuts, what a web page needs beside its text. */
const LITTER_ENDINGS =
  /\.(?:lnk|url|webloc|website|desktop|ini|inf|db|tmp|css|js|mjs|map|ico|svg|woff2?|ttf|exe|dll|msi|bat|cmd|sh|apk)$/;
/** A browser puts the pictures and scripts of a saved page into a folder of this name, beside the page. */
const PAGE_PARTS = /(?:_files|\.files)$/;
const PAGE_ENDINGS = ['htm', 'html', 'shtml', 'mht', 'mhtml'];

/** The folders with the parts of saved pages, among the paths of an archive. */
export function partsOfPages(paths: readonly string[]): (path: string) => boolean {
  const all = new Set(paths.map((path) => path.toLowerCase()));
  const isPart = (folder: string): boolean => {
    const page = folder.replace(PAGE_PARTS, '');
    return page !== folder && PAGE_ENDINGS.some((ending) => all.has(`${page}.${ending}`));
  };
  return (path) => {
    const folders = path.toLowerCase().split('/').slice(0, -1);
    return folders.some((_, i) => isPart(folders.slice(0, i + 1).join('/')));
  };
}

/** What file managers and editors leave in folders: resource forks, thumbnails, lock files, shortcuts. */
export function isLitter(path: string): boolean {
  const parts = path.toLowerCase().split('/');
  const file = parts.at(-1) ?? '';
  return (
    parts.some((part) => LITTER_FOLDERS.has(part)) ||
    LITTER_FILES.has(file) ||
    LITTER_ENDINGS.test(file) ||
    (file.startsWith('.') && (file.startsWith('._') || !claimsToBeDocument(file))) ||
    file.startsWith('~$')
  );
}

const DOCUMENT_ENDINGS =
  /\.(?:html?|shtml|mht|mhtml|docx?|wps|rtf|odt|pdf|ofd|xlsx?|et|ods|png|jpe?g|zip|rar)$/i;

/** Whether the name says that it is a document: then it must not vanish without a word. */
export function claimsToBeDocument(path: string): boolean {
  return DOCUMENT_ENDINGS.test(path);
}
