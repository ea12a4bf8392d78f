import type { Zip } from '../zip.ts';
import { type Media, mediaOf } from './media.ts';
import { children, type Element } from './xml.ts';

/** What the pages of an OFD document use, by the numbers under which they use it (GB/T 33190—2016, 7.9). */
export interface Resources {
  readonly media: Media;
  readonly drawParams: ReadonlyMap<string, Element>;
  readonly composites: ReadonlyMap<string, Element>;
}

export function resourcesOf(
  zip: Zip,
  parts: readonly { readonly name: string; readonly root: Element }[],
): Resources {
  const byNumber = (list: string, name: string): Map<string, Element> =>
    new Map(
      parts.flatMap(({ root }) =>
        children(root, list).flatMap((l) =>
          children(l, name).map((one) => [one.attributes['ID'] ?? '', one] as const),
        ),
      ),
    );
  return {
    media: mediaOf(zip, parts),
    drawParams: byNumber('DrawParams', 'DrawParam'),
    composites: byNumber('CompositeGraphicUnits', 'CompositeGraphicUnit'),
  };
}

export function joined(a: Resources, b: Resources): Resources {
  return {
    media: new Map([...a.media, ...b.media]),
    drawParams: new Map([...a.drawParams, ...b.drawParams]),
    composites: new Map([...a.composites, ...b.composites]),
  };
}

const MOST_STEPS = 16;

/** A set of draw parameters, and those that it goes back to, the nearest first. */
export function drawParamsOf({ drawParams }: Resources, id: string | undefined): Element[] {
  const chain: Element[] = [];
  for (let at = id; at !== undefined && chain.length < MOST_STEPS; ) {
    const params = drawParams.get(at);
    if (!params || chain.includes(params)) break;
    chain.push(params);
    at = params.attributes['Relative'];
  }
  return chain;
}
