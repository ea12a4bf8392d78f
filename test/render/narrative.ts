import type { CellKey } from '../../src/form/form.ts';
import type { Body } from './bodies.ts';
import type { Figures } from './figures.ts';
import type { Random } from './random.ts';
import type { RecordSection } from './record.ts';

/** The words around the tables, agreeing with the figures. */
export interface Narrative {
  readonly title: string;
  readonly publishedOn: string;
  readonly preamble: readonly string[];
  readonly sections: readonly RecordSection[];
}

export function narrative(random: Random, body: Body, year: number, figures: Figures): Narrative {
  const at = (key: CellKey): number => figures.cells[key] ?? 0;
  const short = body.kind === 'government' ? '区政府' : body.kind === 'township' ? '我街道（镇）' : '我局';
  const received = at('t3/new_received/total');
  const carriedIn = at('t3/carried_in/total');
  const concluded = at('t3/concluded_total/total');
  const carriedOut = at('t3/carried_out/total');
  const published = 50 + random.integer(0, 1800);
  const reviews = at('t4/review/total');
  const suits = at('t4/litigation_direct/total') + at('t4/litigation_after_review/total');

  const requests =
    received === 0
      ? '（二）依申请公开。本年度未收到政府信息公开申请。'
      : `（二）依申请公开。全年新收政府信息公开申请${received}件，${
          carriedIn > 0 ? `上年结转${carriedIn}件，` : ''
        }办结${concluded}件${carriedOut > 0 ? `，结转下年度继续办理${carriedOut}件` : ''}。`;
  const disputes =
    reviews + suits === 0
      ? '（五）监督保障。全年未发生因政府信息公开引起的行政复议和行政诉讼。'
      : `（五）监督保障。全年因政府信息公开被申请行政复议${reviews}件，被提起行政诉讼${suits}件。`;

  return {
    title: random.pick([
      `${body.name}${year}年政府信息公开工作年度报告`,
      `${body.name}${year}年度政府信息公开工作年度报告`,
      `${year}年${body.name}政府信息公开工作年度报告`,
    ]),
    publishedOn: `${year + 1}-01-${String(random.integer(5, 30)).padStart(2, '0')}`,
    preamble: [
      `根据《中华人民共和国政府信息公开条例》的要求，${body.name}编制本年度报告。${random.pick([
        `本报告中所列数据的统计期限自${year}年1月1日起至${year}年12月31日止。`,
        `本报告数据统计期限为${year}年1月1日至12月31日。`,
        `报告所列数据的统计期限从${year}年1月1日到${year}年12月31日止。`,
      ])}`,
    ],
    sections: [
      {
        heading: '一、总体情况',
        paragraphs: [
          `（一）主动公开。${year}年，${short}坚持以公开为常态、不公开为例外，通过门户网站主动公开政府信息${published}条。`,
          requests,
          '（三）政府信息管理。严格执行公开前的保密审查，落实先审查、后发布。',
          '（四）平台建设。做好栏目日常维护，及时更新内容。',
          disputes,
        ],
        table: null,
      },
      { heading: '二、主动公开政府信息情况', paragraphs: [], table: 't2' },
      { heading: '三、收到和处理政府信息公开申请情况', paragraphs: [], table: 't3' },
      {
        heading: random.pick([
          '四、政府信息公开行政复议、行政诉讼情况',
          '四、因政府信息公开工作被申请行政复议、提起行政诉讼情况',
        ]),
        paragraphs: [],
        table: 't4',
      },
      {
        heading: random.pick([
          '五、存在的主要问题及改进情况',
          '五、政府信息公开工作存在的主要问题及改进情况',
        ]),
        paragraphs: [
          '存在的主要问题：一是公开内容与群众需求仍有差距；二是政策解读形式较为单一。',
          '改进情况：一是梳理公开目录，补齐应当公开的内容；二是丰富解读形式，组织业务培训。',
        ],
        table: null,
      },
      {
        heading: '六、其他需要报告的事项',
        paragraphs: [
          random.pick(['无其他需要报告的事项。', '本年度未收取信息处理费，没有其他需要报告的事项。']),
        ],
        table: null,
      },
    ],
  };
}
