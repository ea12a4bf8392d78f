import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ReadError } from '../document.ts';
import { standInFont } from './stand-in-font.ts';

/**
 * PDFium in WebAssembly, driven through its C interface. One instance serves one document at a time: `withPdf` runs
 * synchronously once the engine is there, so calls never interleave.
 */

type Call = (...args: number[]) => number;

/** The part of the WebAssembly API that is used; the library of types for Node does not declare it. */
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: Imports): Promise<{ readonly exports: Record<string, unknown> }>;
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
/** By the one font that they have. */
const engines = new Map<Uint8Array, Promise<Engine>>();
const STAND_IN = standInFont();

function compile(): Promise<object> {
  compiled ??= (async () => {
    const wasm = createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm');
    return WebAssembly.compile(await readFile(wasm));
  })();
  return compiled;
}

async function start(font: Uint8Array): Promise<Engine> {
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
  await provideFont(call, exports, font);
  return {
    call,
    memory: exports['memory'] as Engine['memory'],
    scratch: call['malloc']!(256),
    documents: 0,
  };
}

interface Table {
  set(index: number, f: unknown): void;
}

/** Under this name the engine keeps the font, whatever the document calls it, rather than a copy for each name. */
const FACE_NAME = Buffer.from('substitute\0');

/** Makes `font` the one font of the system. */
async function provideFont(
  call: Engine['call'],
  exports: Record<string, unknown>,
  font: Uint8Array,
): Promise<void> {
  const memory = exports['memory'] as Engine['memory'];
  const table = exports['__indirect_function_table'] as Table;
  // In the order of the fields of FPDF_SYSFONTINFO.
  const callbacks: [parameters: number, results: number, f: Call][] = [
    [1, 0, () => 0],
    [2, 0, () => 0],
    [7, 1, () => 1],
    [2, 1, () => 1],
    [
      5,
      1,
      (_this, _font, part, buffer, size) => {
        if (part !== 0) return 0;
        if (buffer && size! >= font.length) new Uint8Array(memory.buffer).set(font, buffer);
        return font.length;
      },
    ],
    [
      4,
      1,
      (_this, _font, buffer, size) => {
        if (font === STAND_IN) return 0;
        if (buffer && size! >= FACE_NAME.length) new Uint8Array(memory.buffer).set(FACE_NAME, buffer);
        return FACE_NAME.length;
      },
    ],
    [2, 1, () => 1],
    [2, 0, () => 0],
  ];
  const names = callbacks.map((_, i) => `f${i}`);
  const helper = await WebAssembly.compile(passThrough(callbacks.map(([p, r]) => [p, r])));
  const imports: Imports = { e: Object.fromEntries(callbacks.map(([, , f], i) => [names[i]!, f])) };
  const { exports: functions } = await WebAssembly.instantiate(helper, imports);
  // The table of functions cannot grow: the stand-ins take the places of the default implementation, whose struct
  // says at which indices of the table they are.
  const info = call['FPDF_GetDefaultSystemFontInfo']!();
  const fields = new Uint32Array(memory.buffer, info, callbacks.length + 1);
  callbacks.forEach((_, i) => {
    table.set(fields[i + 1]!, functions[names[i]!]);
  });
  call['FPDF_SetSystemFontInfo']!(info);
}

/**
 * A WebAssembly module that exports what it imports: the way in which functions of JavaScript become callable by
 * their index. All parameters and results are 32-bit integers.
 */
function passThrough(signatures: readonly (readonly [parameters: number, results: number])[]): Uint8Array {
  const I32 = 0x7f;
  const section = (id: number, body: readonly number[]): number[] => [id, ...leb(body.length), ...body];
  const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
  const count = signatures.length;
  const types = signatures.flatMap(([p, r]) => [0x60, p, ...Array(p).fill(I32), r, ...Array(r).fill(I32)]);
  const imports = signatures.flatMap((_, i) => [...name('e'), ...name(`f${i}`), 0, i]);
  const exports = signatures.flatMap((_, i) => [...name(`f${i}`), 0, i]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [count, ...types]),
    ...section(2, [count, ...imports]),
    ...section(7, [count, ...exports]),
  ]);
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}

/** Error codes of FPDF_GetLastError. */
const PASSWORD = 4;
const SECURITY = 5;

/**
 * Loads a document, hands it to `use`, and frees it. `use` must be synchronous and must close the pages it loads.
 * `font` stands for every font that the document does not embed; without it every such character is a box.
 * Throws ReadError `encrypted`, `corrupt` or `too_large`.
 */
export async function withPdf<T>(
  bytes: Uint8Array,
  use: (engine: Engine, document: number) => T,
  font: Uint8Array = STAND_IN,
): Promise<T> {
  const running = engines.get(font) ?? start(font);
  engines.set(font, running);
  const engine = await running;
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
      engines.delete(font);
  }
}
