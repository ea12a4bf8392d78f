import type { Zip } from '../zip.ts';
import { children, type Element } from './xml.ts';

/** The pictures of an OFD document by the numbers under which pages use them: names of the entries that hold them. */
export type Media = ReadonlyMap<string, string>;

/** Resource parts name files below a folder of their own (GB/T 33190—2016, 7.9). */
export function mediaOf(
  zip: Zip,
  parts: readonly { readonly name: string; readonly root: Element }[],
): Media {
  const media = new Map<string, string>();
  for (const { name, root } of parts) {
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const base = root.attributes['BaseLoc'] ?? '';
    for (const list of children(root, 'MultiMedias'))
      for (const one of children(list, 'MultiMedia')) {
        const id = one.attributes['ID'];
        const file = children(one, 'MediaFile')[0]?.text.trim();
        if (!id || !file) continue;
        // Producers differ in whether the folder is repeated before the file.
        const found = [
          joined(folder, base, file),
          joined(folder, '', file),
          joined('', base, file),
          joined('', '', file),
        ].find((entry) => zip.has(entry));
        if (found !== undefined) media.set(id, found);
      }
  }
  return media;
}

function joined(folder: string, base: string, file: string): string {
  const whole = [file, base, folder].reduce((tail, head) =>
    tail.startsWith('/') || head === '' ? tail : `${head.replace(/\/$/, '')}/${tail}`,
  );
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
