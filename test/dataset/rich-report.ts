import type { Report } from '../../src/extract/report.ts';
import { blankCell, buildReport, buildStatement } from './build-report.ts';

/** One of everything that a report can hold. */
export function richReport(): Report {
  return buildReport({
    cells: {
      't2/fees/amount': { value: 3.35, valueWan: 3.35, raw: '3.35万', unit: '万', doubtful: true },
      't2/licensing/decisions': { value: 22, raw: '22（其中修订16件）', confidence: 'inferred' },
      't3/new_received/total': { value: 1295, raw: '1 295' },
      't3/carried_in/total': blankCell(),
      't3/granted/total': { state: 'dash', value: null, raw: '——' },
      't3/partly_granted/total': { state: 'text', value: null, raw: '不涉及' },
      't3/denied.state_secret/total': { state: 'absent', value: null, raw: '', location: '', rowLabel: '' },
      't3/denied.internal_affairs/total': {
        state: 'unreadable',
        value: null,
        raw: '█',
        confidence: 'ocr',
        doubtful: true,
      },
      't4/review/upheld': { value: 3, raw: '3', confidence: 'ocr', doubtful: true, alternatives: [8, 5] },
      't4/review/total': { value: 7, raw: '7', confidence: 'transcribed' },
      't4/review/pending': { value: -0.5, raw: '−0.5' },
    },
    report: {
      outcome: 'partial',
      outcomeReason: '表二未能识别',
      needsReview: true,
      conflicts: [
        {
          field: 'year',
          values: [
            { value: '2023', from: 'title', text: '2023年' },
            { value: '2022', from: 'period', text: '2022年1月1日' },
          ],
        },
      ],
      refusals: [{ table: 't2', code: 'unknown_row', reason: '有一行不能识别', location: 'table=1' }],
      extras: [
        {
          table: 't3',
          kind: 'column',
          code: 'subtotal',
          label: '小计',
          raw: '5',
          value: 5,
          location: 'table=2;row=3;cell=9',
        },
        {
          table: null,
          kind: 'unbound',
          code: 'left_over',
          label: '',
          raw: '合计',
          value: null,
          location: 'table=4',
        },
      ],
      statements: [
        buildStatement(),
        buildStatement({
          kind: 'all_concluded',
          value: null,
          unit: null,
          words: '均已办结',
          scope: [],
          year: 2023,
          section: null,
          about: 'received',
        }),
      ],
      charts: [{ title: '申请数量', categories: ['2022', '2023'], values: [1, null], location: 'chart=1' }],
      sections: [
        { number: 1, heading: '一、总体情况', location: 'p=1', text: '第一段\n第二段', hasTable: false },
        { number: 3, heading: '三、收到和处理', location: 'p=9', text: '', hasTable: true },
      ],
    },
  });
}
