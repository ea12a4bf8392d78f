import { ReadError, type ReadFailure } from '../../src/read/document.ts';

/** The failure of the ReadError that a call throws; null where it throws nothing. Anything else thrown passes on. */
export function failureOf(call: () => unknown): ReadFailure | null {
  try {
    call();
    return null;
  } catch (error) {
    if (error instanceof ReadError) return error.failure;
    throw error;
  }
}

/** The same for a promise. */
export async function failureOfPromise(promise: Promise<unknown>): Promise<ReadFailure | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    if (error instanceof ReadError) return error.failure;
    throw error;
  }
}
