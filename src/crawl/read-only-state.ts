import type { CrawlState } from './state.ts';

/** The state as it is, with nothing written to it: for a dry run. */
export function readOnly(state: CrawlState): CrawlState {
  return new Proxy(state, {
    get(target, name, receiver) {
      if (name === 'commit' || name === 'unlock') return async () => {};
      if (name === 'lock') return async () => null;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function'
        ? value.bind(target)
        : (value ?? Reflect.get(target, name, receiver));
    },
  });
}
