import { expect, test } from 'vitest';
import { originalPanel } from '../../src/review/pages/original-panel.ts';
import { makeView } from '../../src/review/view.ts';

const view = makeView({
  language: 'zh',
  person: '王敏',
  role: 'reader',
  token: '',
  canLeave: false,
  style: '',
  script: '',
});

function panel(boxes: boolean): string {
  return originalPanel(view, {
    reportId: 'r1',
    sha256: 'ab',
    document: 'a.pdf',
    container: 'pdf',
    url: null,
    state: 'found',
    archive: null,
    places: [{ location: 'page=2;bbox=10.0,20.0,60.0,40.0', text: '无<b>', main: true, suspect: true }],
    about: { finding: 'f1' },
    picture: null,
    pages: new Map([[2, { width: 595, height: 842, boxes }]]),
  }).text;
}

test('where characters could only be drawn as boxes the page says so and shows what was read, as text', () => {
  expect(panel(true)).toMatch(/<text class="as-read"[^>]*>无&lt;b&gt;<\/text>/u);
  expect(panel(true)).toContain('显示为方块');
});

test('a page that was drawn as printed is left as it is, and its place is said in words', () => {
  expect(panel(false)).not.toContain('as-read');
  expect(panel(false)).not.toContain('方块');
  expect(panel(false)).toContain('<b>第2页</b>');
});
