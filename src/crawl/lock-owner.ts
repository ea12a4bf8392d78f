import { type Holder, parseHolder, stands } from '../process/holder.ts';

/** Who holds the lock of a portal, as it stands in the store. */
export function lockOwner(holder: Holder): string {
  return JSON.stringify(holder);
}

/**
 * Is it of this machine and no more? Of other machines nothing is known: their lease ends by itself where it is no longer
 * drawn out.
 */
export function isDeadHere(owner: string): boolean {
  const holder = parseHolder(owner);
  return holder !== null && !stands(holder, 0);
}

export function ownerInWords(owner: string): string {
  const holder = parseHolder(owner);
  return holder === null ? owner : `process ${holder.pid} on ${holder.host}`;
}
