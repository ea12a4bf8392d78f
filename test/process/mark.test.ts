import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { standingOf, thisProcess } from '../../src/process/mark.ts';
import { clearParts, partOf } from '../../src/process/parts.ts';

describe('the mark of a process', () => {
  const me = thisProcess();

  test('is known again by the process itself', () => {
    expect(standingOf(me)).toBe('this');
  });

  test('tells a living process from one that ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const mark = { ...me, pid: child.pid ?? 0, started: '' };
    expect(standingOf(mark)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(standingOf(mark)).toBe('gone');
  });

  test('says nothing of processes of another machine or container, whatever their id is here', () => {
    expect(standingOf({ ...me, place: 'another' })).toBe('elsewhere');
    expect(standingOf({ ...me, place: 'another', pid: 2 ** 30 })).toBe('elsewhere');
  });

  test.skipIf(me.started === '')('tells two processes apart that had one id', () => {
    expect(standingOf({ ...me, started: '1' })).toBe('gone');
    expect(standingOf({ ...me, pid: process.ppid, started: '1' })).toBe('gone');
    expect(standingOf({ ...me, pid: process.ppid, started: '' })).toBe('alive');
  });
});

describe('unfinished files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-parts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('of the dead are cleared; those of the living, of other machines and of other files stay', () => {
    const target = path.join(folder, 'dataset');
    const mine = partOf(target);
    const mark = path.basename(mine).slice('dataset.part-'.length).split('.');
    const by = (change: (fields: string[]) => void) => {
      const fields = [...mark];
      change(fields);
      return `${target}.part-${fields.join('.')}`;
    };
    const dead = by((f) => f.splice(2, 1, String(2 ** 30)));
    const foreign = by((f) => f.splice(0, 1, 'another'));
    const ofOldVersion = `${target}.part-${2 ** 30}`;
    const others = path.join(folder, path.basename(dead).replace('dataset', 'other'));
    for (const part of [mine, dead, foreign, ofOldVersion, others]) {
      mkdirSync(part);
      writeFileSync(path.join(part, 'x.csv'), '1');
    }
    clearParts(target, Date.now());
    const names = (parts: string[]) => parts.map((part) => path.basename(part)).sort();
    expect(readdirSync(folder).sort()).toEqual(names([mine, foreign, others]));
    utimesSync(foreign, 0, 0);
    clearParts(target);
    expect(existsSync(foreign)).toBe(true);
    clearParts(target, Date.now());
    expect(readdirSync(folder).sort()).toEqual(names([mine, others]));
  });
});
