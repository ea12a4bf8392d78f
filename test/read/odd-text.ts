/**
 * A flat OpenDocument text with one table whose cells hold what must not be read as a plain number. LibreOffice
 * converts it to DOC, RTF and ODT.
 */
export function oddTextDocument(): Uint8Array {
  const style = (name: string, properties: string) =>
    `<style:style style:name="${name}" style:family="text"><style:text-properties ${properties}/></style:style>`;
  const cell = (...paragraphs: string[]) =>
    `<table:table-cell office:value-type="string">${paragraphs.map((p) => `<text:p>${p}</text:p>`).join('')}</table:table-cell>`;
  const span = (name: string, text: string) => `<text:span text:style-name="${name}">${text}</text:span>`;
  const inner = `<table:table table:name="inner"><table:table-column/><table:table-row>${cell('41')}</table:table-row></table:table>`;
  const note =
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>含上年结转</text:p></text:note-body></text:note>';
  const rows = [
    [cell('删除线'), cell(`7${span('struck', '8')}`)],
    [cell('上标'), cell(`6${span('raised', '2')}`)],
    [cell('下标'), cell(`6${span('lowered', '2')}`)],
    [cell('隐藏'), cell(`23${span('hidden', '77')}`)],
    [cell('两段'), cell('12', '34')],
    [cell('换行'), cell('26<text:line-break/>7')],
    [cell('脚注'), cell(`5${note}`)],
    [
      cell('嵌套'),
      `<table:table-cell office:value-type="string">${inner}<text:p>外</text:p></table:table-cell>`,
    ],
    [cell('空白'), cell('')],
  ];
  const namespaces = ['office', 'style', 'text', 'table']
    .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
    .join(' ');
  return new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?><office:document ${namespaces} xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">` +
      `<office:automatic-styles>${style('struck', 'style:text-line-through-style="solid"')}${style('raised', 'style:text-position="super 58%"')}${style('lowered', 'style:text-position="sub 58%"')}${style('hidden', 'text:display="none"')}</office:automatic-styles>` +
      `<office:body><office:text><text:p>某某县2024年政府信息公开工作年度报告</text:p><text:h text:outline-level="1">一、总体情况</text:h><table:table table:name="outer"><table:table-column table:number-columns-repeated="2"/>${rows
        .map((cells) => `<table:table-row>${cells.join('')}</table:table-row>`)
        .join('')}</table:table><text:p>完</text:p></office:text></office:body></office:document>`,
  );
}

/** The cells of the table: what may be read of them, and what must be marked. */
export const ODD_CELLS: Readonly<Record<string, readonly string[]>> = {
  删除线: ['78', 'struck'],
  上标: ['62', 'superscript'],
  下标: ['62', 'subscript'],
  隐藏: ['23'],
  两段: ['12\n34', 'several_paragraphs'],
  换行: ['26\n7', 'several_paragraphs'],
  脚注: ['5', 'footnote_mark'],
  嵌套: ['外', 'nested_table'],
  空白: [''],
};
