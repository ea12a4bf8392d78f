import { flow } from './flow.ts';
import { encodeGbkHtml } from './gbk.ts';
import { Random } from './random.ts';
import type { ModelCell, ReportRecord, TableModel } from './record.ts';

export type Markup = 'clean' | 'word' | 'font';
export type Encoding =
  | 'utf-8'
  | 'utf-8 undeclared'
  | 'gbk'
  | 'gbk as gb2312'
  | 'gbk undeclared'
  | 'gbk as utf-8';
export type Portal = 'none' | 'hanweb' | 'trs' | 'vsb' | 'gkmlpt' | 'esogov';

/** How a page came to be. */
export interface HtmlStyle {
  /** By hand, pasted from Word, or by an editor of the `<font>` age. */
  readonly markup: Markup;
  readonly encoding: Encoding;
  /** The content management system whose page stands around the article. */
  readonly portal: Portal;
  /** Cells that are not shown (`display:none`), with numbers in them. */
  readonly hiddenCells: boolean;
  /** `</td>`, `</tr>`, `</p>` left out. */
  readonly missingEnds: boolean;
  /** `<tr>` left out as well, but for the first of a table. */
  readonly missingStarts: boolean;
  /** Table 三 cut into several tables, without the header repeated. */
  readonly cutTable: boolean;
  /** All tables in one `<table>`, the headings as rows of it. */
  readonly oneTable: boolean;
  /** The article inside a layout table. */
  readonly nested: boolean;
  /** Row spans that promise more rows than follow; without effect in one table. */
  readonly spansRunOver: boolean;
}

export const PLAIN_HTML: HtmlStyle = {
  markup: 'clean',
  encoding: 'utf-8',
  portal: 'none',
  hiddenCells: false,
  missingEnds: false,
  missingStarts: false,
  cutTable: false,
  oneTable: false,
  nested: false,
  spansRunOver: false,
};

/** The page as bytes; the same bytes for the same arguments. */
export function renderHtml(record: ReportRecord, style: HtmlStyle = PLAIN_HTML): Uint8Array {
  const html = htmlText(record, style);
  return style.encoding.startsWith('gbk') ? encodeGbkHtml(html) : new TextEncoder().encode(html);
}

/** The page as text, with the declaration that its encoding asks for. */
export function htmlText(record: ReportRecord, style: HtmlStyle = PLAIN_HTML): string {
  const writer = new Writer(style, Random.of('html', record.title));
  let article = writer.article(record);
  if (style.nested) article = `<table width="100%" border="0"><tr><td>${article}</td></tr></table>`;
  const charset = DECLARATIONS[style.encoding];
  return page(record, style.portal, article, charset);
}

const DECLARATIONS: Readonly<Record<Encoding, string>> = {
  'utf-8': '<meta charset="utf-8">',
  'utf-8 undeclared': '',
  gbk: '<meta http-equiv="Content-Type" content="text/html; charset=gbk">',
  'gbk as gb2312': '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
  'gbk undeclared': '',
  'gbk as utf-8': '<meta charset="utf-8">',
};

class Writer {
  readonly #style: HtmlStyle;
  readonly #random: Random;

  constructor(style: HtmlStyle, random: Random) {
    this.#style = style;
    this.#random = random;
  }

  article(record: ReportRecord): string {
    const items = flow(record);
    if (this.#style.oneTable) return this.#inOneTable(record);
    return items
      .map((item) => {
        switch (item.kind) {
          case 'title':
            return this.#style.portal === 'none'
              ? `<h1>${escapeHtml(item.text)}</h1>`
              : this.#paragraph(item.text, 'center');
          case 'table':
            return this.#table(item.model);
          case 'chart':
            return '';
          default:
            return this.#paragraph(item.text);
        }
      })
      .join('\n');
  }

  /** Every piece from section 二 to the last table as rows of one table. */
  #inOneTable(record: ReportRecord): string {
    const items = flow(record);
    const tables = items.flatMap((item, i) => (item.kind === 'table' ? [i] : []));
    const last = tables.at(-1) ?? -1;
    const first = (tables[0] ?? 0) - 1;
    const width = Math.max(...items.map((item) => (item.kind === 'table' ? item.model.columns : 1)));
    const out: string[] = [];
    items.forEach((item, i) => {
      if (i === first) out.push('<table border="1" cellspacing="0">');
      if (item.kind === 'table') out.push(this.#rows(item.model));
      else if (item.kind !== 'chart') {
        out.push(
          i >= first && i <= last
            ? `<tr><td colspan="${width}">${this.#paragraph(item.text)}</td></tr>`
            : this.#paragraph(item.text),
        );
      }
      if (i === last) out.push('</table>');
    });
    return out.join('\n');
  }

  #table(model: TableModel): string {
    const open =
      this.#style.markup === 'word'
        ? `<div align=center><table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;border:none;mso-border-alt:solid windowtext .5pt;mso-padding-alt:0cm 5.4pt 0cm 5.4pt'>`
        : '<table border="1" cellspacing="0" cellpadding="2" align="center"><tbody>';
    const close = this.#style.markup === 'word' ? '</table></div>' : '</tbody></table>';
    if (this.#style.cutTable && model.table === 't3') {
      return cutAtFreeRows(model)
        .map((piece) => `${open}${this.#rows(piece)}${close}`)
        .join('\n<p>&nbsp;</p>\n');
    }
    return `${open}\n${this.#rows(model)}${close}`;
  }

  #rows(model: TableModel): string {
    return model.rows
      .map((cells, r) => {
        const last = r === model.rows.length - 1;
        const drawn = cells.map((cell) => this.#cell(cell, last)).join('');
        const hidden =
          this.#style.hiddenCells && this.#random.chance(0.4)
            ? `<td style="display:none">${this.#random.integer(1, 99)}</td>`
            : '';
        const start = this.#style.missingStarts && r > 0 ? '' : '<tr>';
        // Without `<tr>` only the end tag of the row before says that a new row begins.
        const end = this.#style.missingEnds && !this.#style.missingStarts ? '' : '</tr>';
        return `${start}${drawn}${hidden}${end}\n`;
      })
      .join('');
  }

  #cell(cell: ModelCell, lastRow: boolean): string {
    // In the middle of a table a browser would show the rows below shifted.
    const ends = lastRow && !this.#style.oneTable;
    const runOver = this.#style.spansRunOver && ends && cell.rowSpan === 1 && cell.kind === 'label' ? 3 : 0;
    const rowSpan = cell.rowSpan + runOver;
    const spans = `${cell.columnSpan > 1 ? ` colspan="${cell.columnSpan}"` : ''}${
      rowSpan > 1 ? ` rowspan="${rowSpan}"` : ''
    }`;
    const end = this.#style.missingEnds ? '' : '</td>';
    switch (this.#style.markup) {
      case 'clean':
        return `<td${spans}>${lines(cell.text) || '&nbsp;'}${end}`;
      case 'word':
        return `<td width=72${spans} valign=top style='width:54.0pt;border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt 0cm 5.4pt'>${this.#wordParagraph(cell.text, 'center')}${end}`;
      case 'font':
        return `<TD${spans} bgcolor="#ffffff"><DIV align=center><FONT face=宋体><FONT size=3>${lines(cell.text) || '&nbsp;'}</FONT></FONT></DIV>${this.#style.missingEnds ? '' : '</TD>'}`;
    }
  }

  #paragraph(text: string, align?: string): string {
    switch (this.#style.markup) {
      case 'clean':
        return `<p${align ? ` style="text-align:${align}"` : ''}>${lines(text)}${this.#style.missingEnds ? '' : '</p>'}`;
      case 'word':
        return this.#wordParagraph(text, align);
      case 'font':
        return `<P><FONT face=仿宋_GB2312 size=4>&nbsp;&nbsp;&nbsp;&nbsp;${lines(text)}</FONT></P>`;
    }
  }

  /** Word gives digits a span of their own, and cuts them wherever somebody edited. */
  #wordParagraph(text: string, align?: string): string {
    const spans = text
      .split('\n')
      .map((line) =>
        line
          .split(/(\d+)/)
          .filter((part) => part !== '')
          .map((part) => (/^\d+$/.test(part) ? this.#wordDigits(part) : wordSpan(escapeHtml(part))))
          .join(''),
      )
      .join('<br>');
    const style = align ? ` style='text-align:${align};mso-pagination:widow-orphan'` : '';
    return `<p class=MsoNormal${align ? ` align=${align}` : ''}${style}>${spans}<span lang=EN-US style='font-size:10.5pt;font-family:宋体'><o:p>${spans ? '' : '&nbsp;'}</o:p></span></p>`;
  }

  #wordDigits(digits: string): string {
    const at = digits.length > 1 && this.#random.chance(0.5) ? this.#random.integer(1, digits.length - 1) : 0;
    return [digits.slice(0, at), digits.slice(at)]
      .filter((part) => part !== '')
      .map((part) => `<span lang=EN-US style='font-family:宋体;mso-bidi-font-family:宋体'>${part}</span>`)
      .join('');
  }
}

function wordSpan(html: string): string {
  return `<span style='font-family:宋体;mso-hansi-font-family:宋体;mso-font-kerning:0pt'>${html}</span>`;
}

/** Cuts a table in front of rows that no merged cell reaches into. */
function cutAtFreeRows(model: TableModel): readonly TableModel[] {
  let reach = 0;
  const pieces: TableModel['rows'][number][][] = [];
  model.rows.forEach((cells, row) => {
    const headerRows = 3;
    if (row === 0 || (row > headerRows && row >= reach)) pieces.push([]);
    pieces.at(-1)!.push(cells);
    reach = Math.max(reach, ...cells.map((cell) => row + cell.rowSpan));
  });
  return pieces.map((rows) => ({ ...model, rows }));
}

function page(record: ReportRecord, portal: Portal, article: string, charset: string): string {
  const title = escapeHtml(record.title);
  const date = record.publishedOn ?? '';
  const meta = `<meta name="SiteName" content="${escapeHtml(record.agency)}"/><meta name="ColumnName" content="政府信息公开年报"/><meta name="ArticleTitle" content="${title}"/><meta name="PubDate" content="${date} 10:20"/><meta name="ContentSource" content="${escapeHtml(record.agency)}"/>`;
  const top = `<div class="head"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li><li><a href="/hdjl/">互动交流</a></li></ul><form action="/s"><input name="q"><button>搜索</button></form></div><div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 政府信息公开年报</div>`;
  const bottom = `<div class="share">扫一扫在手机打开当前页</div><div class="footer"><p>主办：某某办公室 网站标识码：0000000000</p><p>备案号：00000000号-1 联系电话：000-12345</p><table><tr><td>友情链接</td><td>今日访问：1286</td></tr></table></div><script>var visits = 1286; document.write("");</script>`;
  const head = (extra: string): string =>
    `<head>${charset}${extra}<title>${title}</title><style>.nav li{float:left} td{padding:2px}</style></head>`;
  switch (portal) {
    case 'none':
      return `<!DOCTYPE html>\n<html>${head('')}<body>${article}</body></html>`;
    case 'hanweb':
      return `<!DOCTYPE html>\n<html>${head(`<meta name='Maketime' content='${date} 10:20:11'>${meta}`)}<body>${top}<div class="con-title"><!--<$[标题名称(html)]>begin-->${title}<!--<$[标题名称(html)]>end--></div><div class="info">发布日期：${date} 浏览次数：<script src="/vc/vc/interface/visit.jsp"></script></div><div id="zoom" class="main-txt"><!--<$[信息内容]>begin--><!--ZJEG_RSS.content.begin-->${article}<!--ZJEG_RSS.content.end--><!--<$[信息内容]>end--></div>${bottom}</body></html>`;
    case 'trs':
      return `<!DOCTYPE html>\n<html>${head(meta)}<body>${top}<h2 class="article_title">${title}</h2><div class="time">发布时间：${date}</div><div class="article_con"><div class=TRS_Editor><style type="text/css">.TRS_Editor P{line-height:2}</style>${article}</div></div><div class="attachment"><a appendix="true" href="./P020250120000000000001.pdf" title="${title}.pdf">附件</a></div>${bottom}</body></html>`;
    case 'vsb':
      return `<!DOCTYPE html>\n<html>${head(meta)}<body>${top}<form name="_newscontent_fromname"><h1 class="tit">${title}</h1><div class="xx">时间：${date} 点击：[<script>_showDynClicks("wbnews", 1, 2)</script>]</div><div id="vsb_content_2"><div class="v_news_content">${article}</div></div><p align="center"><button onclick="window.close()">关闭</button></p></form>${bottom}</body></html>`;
    case 'esogov':
      return `<!DOCTYPE html>\n<html>${head(meta)}<body>${top}<table class="xxgk_table"><tr><th>索引号：</th><td>000000000/202501-00001</td><th>组配分类：</th><td>政府信息公开年报</td></tr><tr><th>发布机构：</th><td>${escapeHtml(record.agency)}</td><th>生成日期：</th><td>${date}</td></tr></table><h1 class="wztit">${title}</h1><span class="fbsj">${date}</span><div class="wzcon j-fontContent">${article}</div>${bottom}</body></html>`;
    case 'gkmlpt': {
      const content = JSON.stringify(article)
        .replace(/</g, '\\u003C')
        .replace(/>/g, '\\u003E')
        .replace(/\//g, '\\/');
      return `<!DOCTYPE html>\n<html>${head(meta)}<body>${top}<div id="app"><h1 class="title">${title}</h1><div class="article-content" v-html="content"></div></div><script>window._CONFIG = { SID: '755001', TREE: [], DETAIL: {"id":1234567,"title":${JSON.stringify(record.title)},"date":1737300000,"content":${content},"attachment":[]} };</script>${bottom}</body></html>`;
    }
  }
}

function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeHtml(line))
    .join('<br>');
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\u00a0/g, '&nbsp;');
}
