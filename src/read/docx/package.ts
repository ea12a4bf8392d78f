import type { ReadLimits } from '../document.ts';
import type { Zip } from '../zip.ts';
import { decodeXml, parseXml } from './xml.ts';

export interface Relationship {
  readonly type: string;
  /** The name of the part in the archive, or the address where `external`. */
  readonly target: string;
  readonly external: boolean;
}

/** The relationships of a part by id; empty where it has none. */
export function readRelationships(
  zip: Zip,
  part: string,
  limits: ReadLimits,
): ReadonlyMap<string, Relationship> {
  const slash = part.lastIndexOf('/');
  const folder = part.slice(0, slash + 1);
  const name = `${folder}_rels/${part.slice(slash + 1)}.rels`;
  const relationships = new Map<string, Relationship>();
  if (!zip.has(name)) return relationships;
  parseXml(
    decodeXml(zip.read(name), name),
    {
      open(element, attributes) {
        if (element !== 'Relationship' && !element.endsWith(':Relationship')) return;
        const target = attributes['Target'] ?? '';
        const external = attributes['TargetMode'] === 'External';
        relationships.set(attributes['Id'] ?? '', {
          // The kind is the last segment in both the transitional and the strict namespace.
          type: (attributes['Type'] ?? '').replace(/^.*\//, ''),
          target: external ? target : resolvePart(folder, target),
          external,
        });
      },
    },
    limits.xmlDepth,
  );
  return relationships;
}

function resolvePart(folder: string, target: string): string {
  const path = target.startsWith('/') ? target.slice(1) : folder + target;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  return segments.join('/');
}
