import type { PageContent } from './page-content.ts';

/**
 * The characters that make up most of any modern Chinese text. In a report of some length they are more than half of
 * all ideographs; where a font maps its characters to wrong ones they are nearly absent.
 */
const COMMON = new Set(
  '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严街镇乡村申请答答信息依据公开服务项履行镇规章行政許請開發個機關會議實無與經過時來這對說國學為後產體應從點務業當質進組織處護類單獎總數據',
);

const RADICALS = /[\u2e80-\u2fdf]/;
const IDEOGRAPH = /[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff]/;
/** What belongs into a Chinese document beside ideographs: ASCII, punctuation, forms of other widths, enclosed numbers. */
const PLAIN =
  /[\u0020-\u007e\u00a0\u00a5\u00a7\u00b0-\u00b2\u00b7\u00d7\u00f7\u2010-\u203f\u2100-\u22ff\u2460-\u25ff\u2600-\u27bf\u3000-\u303f\u3200-\u33ff\uff00-\uffef\u2500-\u257f]/;

const COMMON_IDEOGRAPH = 1;
const OTHER_IDEOGRAPH = 2;
const OTHER_PLAIN = 3;
const STRANGE = 4;

/** A report prints the same few hundred characters over and over: what each is, by its code; 0 where nobody asked. */
const kinds = new Uint8Array(0x10000);

function kindOf(text: string): number {
  const code = text.length === 1 ? text.charCodeAt(0) : 0;
  if (kinds[code] !== 0) return kinds[code]!;
  let kind = STRANGE;
  if (IDEOGRAPH.test(text)) kind = COMMON.has(text) ? COMMON_IDEOGRAPH : OTHER_IDEOGRAPH;
  else if (RADICALS.test(text) || PLAIN.test(text)) kind = OTHER_PLAIN;
  if (code !== 0) kinds[code] = kind;
  return kind;
}

/** Whether the characters of a document are what its pages show, or the leftovers of a broken mapping. */
export function isLegible(pages: readonly PageContent[]): boolean {
  let [common, others, plain, strange, unmapped] = [0, 0, 0, 0, 0];
  for (const page of pages) {
    unmapped += page.unmapped;
    for (const { text } of page.text) {
      const kind = kindOf(text);
      if (kind === COMMON_IDEOGRAPH) common++;
      else if (kind === OTHER_IDEOGRAPH) others++;
      else if (kind === STRANGE) strange++;
      else plain++;
    }
  }
  const ideographs = common + others;
  const all = ideographs + plain + strange + unmapped;
  if (all === 0) return true;
  if ((unmapped + strange) / all > 0.2) return false;
  return ideographs < 60 || common / ideographs > 0.25;
}
