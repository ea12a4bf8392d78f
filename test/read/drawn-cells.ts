import { strToU8, zipSync } from 'fflate';
import type { Grid } from '../../src/read/document.ts';
import { cellTexts } from './tables.ts';

const field = (instruction: string, data: string) =>
  `<w:r><w:fldChar w:fldCharType="begin">${data}</w:fldChar></w:r><w:r><w:instrText xml:space="preserve">${instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`;
const choice =
  '<w:ffData><w:name w:val="d"/><w:enabled/><w:ddList><w:result w:val="0"/><w:listEntry w:val="97"/><w:listEntry w:val="98"/></w:ddList></w:ffData>';
const box =
  '<w:ffData><w:name w:val="c"/><w:enabled/><w:checkBox><w:sizeAuto/><w:default w:val="1"/></w:checkBox></w:ffData>';
const lettering =
  '<w:r><w:pict><v:shape id="s1" type="#_x0000_t136" style="width:60pt;height:20pt"><v:textpath style="font-family:&quot;SimSun&quot;" string="97"/></v:shape></w:pict></w:r>';
const extent = '<a:off x="0" y="0"/><a:ext cx="400000" cy="200000"/>';
const shape = (text: string) =>
  '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx="400000" cy="200000"/><wp:wrapNone/><wp:docPr id="3" name="b"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">' +
  `<wps:wsp><wps:cNvSpPr/><wps:spPr><a:xfrm>${extent}</a:xfrm><a:prstGeom prst="rect"/></wps:spPr>${text}<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>`;
const written = '<w:r><w:t>97</w:t></w:r>';

const CELLS: Readonly<Record<string, string>> = {
  下拉: field(' FORMDROPDOWN ', choice),
  勾选: field(' FORMCHECKBOX ', box),
  艺术字: lettering,
  文本框: shape(`<wps:txbx><w:txbxContent><w:p>${written}</w:p></w:txbxContent></wps:txbx>`),
  图形: shape(''),
};
/** Of which a number may be read. */
const PLAIN: Readonly<Record<string, string>> = {
  控件: `<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="97" w:value="97"/></w:dropDownList></w:sdtPr><w:sdtContent>${written}</w:sdtContent></w:sdt>`,
  文字: written,
};

/** The labels of the cells that show something which is no plain text, and of those that hold 97. */
export const DRAWN = { drawn: Object.keys(CELLS), plain: Object.keys(PLAIN) };

/** The labels of a read table sorted so. */
export function drawnIn(grid: Grid): typeof DRAWN {
  const cells = Object.entries(cellTexts(grid));
  return {
    drawn: cells.filter(([, [, ...marks]]) => marks.includes('picture')).map(([label]) => label),
    plain: cells.filter(([, cell]) => cell.join() === '97').map(([label]) => label),
  };
}

/** A DOCX with one table of labels and cells; LibreOffice converts it to DOC, RTF and ODT. */
export function drawnCellsDocument(): Uint8Array {
  const column = (content: string) =>
    `<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr><w:p>${content}</w:p></w:tc>`;
  const rows = Object.entries({ ...CELLS, ...PLAIN }).map(
    ([label, content]) => `<w:tr>${column(`<w:r><w:t>${label}</w:t></w:r>`)}${column(content)}</w:tr>`,
  );
  const office = 'http://schemas.openxmlformats.org';
  const namespaces =
    `xmlns:w="${office}/wordprocessingml/2006/main" xmlns:mc="${office}/markup-compatibility/2006" xmlns:wp="${office}/drawingml/2006/wordprocessingDrawing" ` +
    `xmlns:a="${office}/drawingml/2006/main" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"`;
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  return zipSync({
    '[Content_Types].xml': strToU8(
      `${head}<Types xmlns="${office}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    ),
    '_rels/.rels': strToU8(
      `${head}<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    ),
    'word/document.xml': strToU8(
      `${head}<w:document ${namespaces}><w:body><w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>${rows.join('')}</w:tbl><w:p/><w:sectPr/></w:body></w:document>`,
    ),
  });
}
