import { ReadError } from '../document.ts';
import type { Zip } from '../zip.ts';
import { folderOf, resolveOrNull } from './part-names.ts';
import { child, children, type Element } from './xml.ts';

type Parse = (name: string) => Element;

/** What was put over the pages later, by the numbers of the pages (GB/T 33190—2016, chapter 15). */
export function annotationsOf(
  zip: Zip,
  folder: string,
  document: Element,
  parse: Parse,
): Map<string, Element[]> {
  const byPage = new Map<string, Element[]>();
  for (const { name, root } of partsOf(zip, folder, children(document, 'Annotations'), parse))
    for (const page of children(root, 'Page'))
      for (const part of partsOf(zip, folderOf(name), children(page, 'FileLoc'), parse))
        append(byPage, page.attributes['PageID'], children(part.root, 'Annot'));
  return byPage;
}

/** Where signatures stamp their seals, by the numbers of the pages (chapter 18): a StampAnnot with a boundary each. */
export function stampsOf(zip: Zip, body: Element, parse: Parse): Map<string, Element[]> {
  const byPage = new Map<string, Element[]>();
  for (const { name, root } of partsOf(zip, '', children(body, 'Signatures'), parse))
    for (const signature of children(root, 'Signature')) {
      const location = resolveOrNull(zip, folderOf(name), signature.attributes['BaseLoc'] ?? '');
      const signed = location === null ? null : parsed(location, parse);
      for (const stamp of children(child(signed ?? undefined, 'SignedInfo'), 'StampAnnot'))
        append(byPage, stamp.attributes['PageRef'], [stamp]);
    }
  return byPage;
}

function partsOf(
  zip: Zip,
  folder: string,
  named: readonly Element[],
  parse: Parse,
): { readonly name: string; readonly root: Element }[] {
  return named.flatMap((element) => {
    const name = resolveOrNull(zip, folder, element.text.trim());
    const root = name === null ? null : parsed(name, parse);
    return root === null ? [] : [{ name: name!, root }];
  });
}

/** A page can be read without what was put over it, as viewers do when that is damaged. */
function parsed(name: string, parse: Parse): Element | null {
  try {
    return parse(name);
  } catch (error) {
    if (error instanceof ReadError && error.failure === 'corrupt') return null;
    throw error;
  }
}

function append(byPage: Map<string, Element[]>, page: string | undefined, what: readonly Element[]): void {
  if (page === undefined) return;
  const list = byPage.get(page);
  if (list) list.push(...what);
  else byPage.set(page, [...what]);
}
