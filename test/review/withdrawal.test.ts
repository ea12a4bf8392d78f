import { expect, test } from 'vitest';
import { withdrawalAnswer } from '../../src/review/withdrawal.ts';

const nothing = { restored: [], reread: [] };
const later = '下次运行或导出后，数据集文件随之更新。';

test('a report of which nothing is left leaves the dataset with the next run', () => {
  const { message } = withdrawalAnswer({
    ...nothing,
    withdrawn: [{ document: 'B', insteadNow: null, wasTaken: true, isReport: true }],
  });
  expect(message.zh).toContain('这份报告没有其他文件，不再进入数据集。');
  expect(message.zh).toContain(later);
});

test('of a notice nothing is said but that it was taken back', () => {
  const { message } = withdrawalAnswer({
    ...nothing,
    withdrawn: [{ document: 'B', insteadNow: null, wasTaken: true, isReport: false }],
  });
  expect(message.zh).toBe(`已撤回“B”，原件仍保存在档案中。${later}`);
});

test('a file that had been replaced leaves the numbers where they are', () => {
  const { message } = withdrawalAnswer({
    ...nothing,
    withdrawn: [{ document: 'B', insteadNow: 'A', wasTaken: false, isReport: true }],
  });
  expect([message.zh, message.en]).toEqual([
    expect.stringContaining('数据仍取自“A”'),
    expect.stringContaining('are still taken from “A”'),
  ]);
});

test('what stands again is named once, by what had taken its place', () => {
  const { message } = withdrawalAnswer({
    withdrawn: [{ document: 'B', insteadNow: 'A', wasTaken: true, isReport: true }],
    restored: ['A'],
    reread: [],
  });
  expect(message.zh).toContain('原先被“B”取代的“A”恢复有效，这份报告的数据改取自该文件。');
  expect(message.zh.match(/恢复有效/gu)).toHaveLength(1);
});

test('an earlier file of the same name is told from the one that was taken back', () => {
  const { message } = withdrawalAnswer({
    withdrawn: [{ document: 'B', insteadNow: 'B', wasTaken: true, isReport: true }],
    restored: [],
    reread: [{ document: 'B', sha256: '0123456789abcdef' }],
  });
  expect(message.zh).toContain(
    '原先被同名文件取代的“B”（校验值 0123456789ab）已从档案中重新读取，恢复有效。',
  );
  expect(message.zh).not.toContain('取自“B”');
});
