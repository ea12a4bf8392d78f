import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ReadError } from '../document.ts';

/**
 * PDFium in WebAssembly, driven through its C interface. One instance serves one document at a time: `withPdf` runs
 * synchronously once the engine is there, so calls never interleave.
 */

type Call = (...args: number[]) => number;

/** The part of the WebAssembly API that is used; the library of types for Node does not declare it. */
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: Imports): Promise<object>;
  readonly RuntimeError: new () => Error;
}
type Imports = Record<string, Record<string, (...args: number[]) => unknown>>;
const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };

export interface Engine {
  readonly call: Readonly<Record<string, Call>>;
  readonly memory: { readonly buffer: ArrayBuffer };
  /** 256 bytes in the engine's memory for results by pointer. */
  readonly scratch: number;
  documents: number;
}

/** The engine's memory never shrinks; past this it is thrown away with its memory. */
const RECYCLE_BYTES = 96 * 2 ** 20;
const RECYCLE_DOCUMENTS = 200;
/** What one document may make the engine allocate; bombs in content streams and forms end here. */
const MEMORY_LIMIT = 640 * 2 ** 20;

/** Thrown through the engine when a document wants more memory than it may have. */
class MemoryExceeded extends Error {}

let compiled: Promise<object> | undefined;
let current: Promise<Engine> | undefined;

function compile(): Promise<object> {
  compiled ??= (async () => {
    const wasm = createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm');
    return WebAssembly.compile(await readFile(wasm));
  })();
  return compiled;
}

async function start(): Promise<Engine> {
  const module = await compile();
  const { PDFiumLibrary } = await import('@hyzyla/pdfium');
  const library = await PDFiumLibrary.init({
    instantiateWasm: ((imports: Imports, done: (instance: object, module: object) => void) => {
      const env = imports['env']!;
      const grow = env['emscripten_resize_heap']!;
      env['emscripten_resize_heap'] = (size) => {
        if (size! >>> 0 > MEMORY_LIMIT) throw new MemoryExceeded('PDF engine memory exceeded');
        return grow(size!);
      };
      WebAssembly.instantiate(module, imports).then((instance) => done(instance, module));
      return {};
    }) as never,
  });
  const exports = (library as unknown as { module: { wasmExports: Record<string, unknown> } }).module
    .wasmExports;
  const call = exports as Record<string, Call>;
  return {
    call,
    memory: exports['memory'] as Engine['memory'],
    scratch: call['malloc']!(256),
    documents: 0,
  };
}

/** Error codes of FPDF_GetLastError. */
const PASSWORD = 4;
const SECURITY = 5;

/**
 * Loads a document, hands it to `use`, and frees it. `use` must be synchronous and must close the pages it loads.
 * Throws ReadError `encrypted`, `corrupt` or `too_large`.
 */
export async function withPdf<T>(
  bytes: Uint8Array,
  use: (engine: Engine, document: number) => T,
): Promise<T> {
  current ??= start();
  const engine = await current;
  const { call } = engine;
  let intact = false;
  let data = 0;
  try {
    data = call['malloc']!(bytes.length);
    if (data === 0)
      throw new ReadError('too_large', 'the PDF does not fit into the memory of the PDF engine');
    new Uint8Array(engine.memory.buffer).set(bytes, data);
    const document = call['FPDF_LoadMemDocument']!(data, bytes.length, 0);
    if (document === 0) {
      const code = call['FPDF_GetLastError']!();
      intact = true;
      if (code === PASSWORD)
        throw new ReadError(
          'encrypted',
          'the PDF asks for a password to be opened; a copy without it can be read',
        );
      if (code === SECURITY)
        throw new ReadError('encrypted', 'the PDF is encrypted in a way that the PDF engine does not know');
      throw new ReadError('corrupt', 'the file is no PDF, or its structure is damaged beyond reading');
    }
    try {
      const result = use(engine, document);
      intact = true;
      return result;
    } catch (error) {
      intact = error instanceof ReadError;
      throw error;
    } finally {
      if (intact) call['FPDF_CloseDocument']!(document);
    }
  } catch (error) {
    if (error instanceof MemoryExceeded)
      throw new ReadError('too_large', 'the PDF unfolds into more objects than are read', { cause: error });
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
      throw new ReadError('corrupt', 'the PDF makes the PDF engine fail', { cause: error });
    throw error;
  } finally {
    if (intact) call['free']!(data);
    engine.documents++;
    if (!intact || engine.documents >= RECYCLE_DOCUMENTS || engine.memory.buffer.byteLength > RECYCLE_BYTES)
      current = undefined;
  }
}
