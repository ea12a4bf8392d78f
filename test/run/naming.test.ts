import { cpSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPaths, InputError, nameInputs } from '../../src/run/inputs.ts';
import type { Memory, Root } from '../../src/run/naming.ts';

let top: string;
/** What a store would hold: sizes by name, and what runs were given. */
let stored: Map<string, number>;
let roots: readonly Root[];

beforeEach(() => {
  top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'gongkai-names-')));
  stored = new Map();
  roots = [];
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function put(...files: string[]): void {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(top, file)), { recursive: true });
    writeFileSync(path.join(top, file), file);
  }
}

/** A run over these paths: the names of the documents, and what it remembers. */
async function run(...given: string[]): Promise<{ documents: string[]; covered: readonly string[] }> {
  const memory: Memory = { roots, size: async (document) => stored.get(document) ?? null };
  const inputs = await nameInputs(await findPaths(given.map((g) => path.join(top, g))), memory);
  const documents: string[] = [];
  for await (const { document, size } of inputs.files) {
    documents.push(document);
    stored.set(document, size);
  }
  roots = inputs.roots;
  return { documents: documents.sort(), covered: inputs.covered };
}

describe('documents of one folder', () => {
  test('are called by the last name of the folder, in every run', async () => {
    put('x/reports/2022/a.html');
    expect((await run('x/reports')).documents).toEqual(['reports/2022/a.html']);
    expect((await run('x/reports')).documents).toEqual(['reports/2022/a.html']);
  });

  test('keep their names when a part of the folder, or one file, is given later', async () => {
    put('x/reports/2022/a.html', 'x/reports/2023/b.html');
    await run('x/reports');
    const part = await run('x/reports/2022');
    expect(part.documents).toEqual(['reports/2022/a.html']);
    // What lies elsewhere in the folder has not left.
    expect(part.covered).toEqual(['reports/2022/']);
    expect((await run('x/reports/2023/b.html')).documents).toEqual(['reports/2023/b.html']);
  });

  test('are met in their folder when they were once named outright, whatever they end in', async () => {
    put('x/reports/page.aspx', 'x/reports/other.aspx', 'x/reports/a.html.gz', 'x/reports/all.warc.gz');
    expect((await run('x/reports')).documents).toEqual(['reports/a.html.gz']);
    expect((await run('x/reports/page.aspx')).documents).toEqual(['reports/page.aspx']);
    expect((await run('x/reports')).documents).toEqual(['reports/a.html.gz', 'reports/page.aspx']);
  });

  test('keep their names when the folder above is given later, and are looked for under both', async () => {
    put('x/reports/2022/a.html', 'x/reports/2023/b.html');
    await run('x/reports/2022');
    const all = await run('x/reports');
    expect(all.documents).toEqual(['2022/a.html', 'reports/2023/b.html']);
    expect([...all.covered].sort()).toEqual(['2022/', 'reports/']);
  });

  test('keep their names when the folder was moved', async () => {
    put('x/reports/a.html');
    await run('x/reports');
    renameSync(path.join(top, 'x'), path.join(top, 'y'));
    expect((await run('y/reports')).documents).toEqual(['reports/a.html']);
  });

  test('are met once when the folder and something in it are given together', async () => {
    put('x/reports/2022/a.html');
    expect((await run('x/reports/2022/a.html', 'x/reports', 'x/reports/2022')).documents).toEqual([
      'reports/2022/a.html',
    ]);
  });
});

describe('two folders of the same last name', () => {
  test('given together are told apart by the folders above, whatever their order', async () => {
    put('n/reports/a.html', 's/reports/a.html');
    const names = ['n/reports/a.html', 's/reports/a.html'];
    expect((await run('n/reports', 's/reports')).documents).toEqual(names);
    roots = [];
    stored.clear();
    expect((await run('s/reports', 'n/reports')).documents).toEqual(names);
  });

  test('given one after the other never share a name: the first keeps its own', async () => {
    put('n/reports/a.html', 's/reports/a.html');
    expect((await run('n/reports')).documents).toEqual(['reports/a.html']);
    const second = await run('s/reports');
    expect(second).toEqual({ documents: ['s/reports/a.html'], covered: ['s/reports/'] });
    expect((await run('n/reports')).documents).toEqual(['reports/a.html']);
    expect((await run('s/reports', 'n/reports')).documents).toEqual(['reports/a.html', 's/reports/a.html']);
  });

  test('one of which has gone are still two when the other holds other documents', async () => {
    put('n/reports/a.html', 's/reports/another.html');
    await run('n/reports');
    rmSync(path.join(top, 'n'), { recursive: true });
    expect((await run('s/reports')).documents).toEqual(['s/reports/another.html']);
  });

  test('that are alike down to the same parents get as many as it takes', async () => {
    put('n/in/reports/a.html', 's/in/reports/a.html');
    expect((await run('n/in/reports', 's/in/reports')).documents).toEqual([
      'n/in/reports/a.html',
      's/in/reports/a.html',
    ]);
  });

  test('in a store of an earlier version, where both had one name, get one each', async () => {
    put('n/reports/a.html', 's/reports/a.html');
    roots = [
      { prefix: 'reports/', absolute: path.join(top, 's/reports') },
      { prefix: 'reports/', absolute: path.join(top, 'n/reports') },
    ];
    expect((await run('s/reports')).documents).toEqual(['reports/a.html']);
    expect((await run('n/reports')).documents).toEqual(['n/reports/a.html']);
  });
});

describe('the names of what people bring in by hand', () => {
  test('are never those of a folder that is called so, given by its name or from within', async () => {
    put('x/added/b1/2022/a.html', 'y/added/a.html');
    expect(await run('x/added')).toEqual({
      documents: ['x/added/b1/2022/a.html'],
      covered: ['x/added/'],
    });
    expect((await run('x/added')).documents).toEqual(['x/added/b1/2022/a.html']);
    expect((await run('y/added')).documents).toEqual(['y/added/a.html']);
    const before = process.cwd();
    try {
      process.chdir(path.join(top, 'x'));
      roots = [];
      const files = await findPaths(['added/b1/2022/a.html']);
      const { named } = await nameInputs(files, { roots, size: async () => null });
      expect(named.map(({ name }) => name)).toEqual(['x/added/b1/2022/a.html']);
    } finally {
      process.chdir(before);
    }
  });

  test('leave a folder the name that it has in an existing dataset', async () => {
    put('x/added/a.html');
    roots = [{ prefix: 'added/', absolute: path.join(top, 'x/added') }];
    expect((await run('x/added')).documents).toEqual(['added/a.html']);
  });
});

describe('single files', () => {
  test('of the same name from a list are told apart, and stay so', async () => {
    put('n/report.pdf', 's/report.pdf', 'n/other.pdf');
    const names = ['n/report.pdf', 'other.pdf', 's/report.pdf'];
    expect((await run('n/report.pdf', 's/report.pdf', 'n/other.pdf')).documents).toEqual(names);
    expect((await run('n/other.pdf', 's/report.pdf', 'n/report.pdf')).documents).toEqual(names);
    expect((await run('n/report.pdf')).documents).toEqual(['n/report.pdf']);
  });

  test('given later do not take the name of another', async () => {
    put('n/report.pdf', 's/report.pdf');
    expect((await run('n/report.pdf')).documents).toEqual(['report.pdf']);
    expect((await run('s/report.pdf')).documents).toEqual(['s/report.pdf']);
    expect((await run('n/report.pdf')).documents).toEqual(['report.pdf']);
  });

  test('of a long list are remembered by their folders, and cover nothing but themselves', async () => {
    const files = Array.from({ length: 300 }, (_, i) => `n/${i}.html`);
    put(...files);
    const { covered } = await run(...files);
    expect(covered).toEqual([]);
    expect(roots).toEqual([{ prefix: '', absolute: path.join(top, 'n') }]);
  });
});

test('the output folder among the documents is no input, nor is that of another dataset', async () => {
  put('all/a.html', 'all/output/gongkai.sqlite', 'all/output/report.html', 'all/output/archive/ab/x.pdf');
  expect((await run('all')).documents).toEqual(['all/a.html']);
});

test('a dataset that is written into the folder of the documents leaves them to be read', async () => {
  put('all/gongkai.sqlite', 'all/a.html', 'all/2022/b.html', 'all/report.html', 'all/dataset/x.xlsx');
  expect((await run('all')).documents).toEqual(['all/2022/b.html', 'all/a.html']);
});

test('a file that goes away while the folder is walked is passed over', async () => {
  put('all/a.html', 'all/b.html');
  const inputs = await nameInputs(await findPaths([path.join(top, 'all')]), {
    roots: [],
    size: async () => null,
  });
  const met: string[] = [];
  for await (const { document } of inputs.files) {
    met.push(document);
    rmSync(path.join(top, 'all/b.html'), { force: true });
  }
  expect(met).toEqual(['all/a.html']);
});

test('a path that leads nowhere is a mistake of the user', async () => {
  await expect(findPaths([path.join(top, 'nowhere')])).rejects.toThrow(InputError);
  cpSync(import.meta.filename, path.join(top, 'file.txt'));
  await expect(findPaths([path.join(top, 'file.txt', 'below')])).rejects.toThrow(InputError);
});
