import { strToU8, zipSync } from 'fflate';

/** A page of an OFD written by hand: what stands on it, in millimetres, and the parts that it needs. */
export interface OfdPageParts {
  /** Objects of the layer. */
  readonly content: string;
  /** Attributes of the layer. */
  readonly layer?: string;
  /** Layers after it. */
  readonly layers?: string;
  /** Draw parameters and composite units, as they stand in a resource part. */
  readonly resources?: string;
  /** Pictures by the numbers under which objects use them. */
  readonly pictures?: Readonly<Record<number, { readonly name: string; readonly bytes: Uint8Array }>>;
  readonly template?: { readonly content: string; readonly zOrder: 'Background' | 'Foreground' };
  /** Annotations of the page. */
  readonly annotations?: string;
  /** Where a seal is stamped on the page by a signature. */
  readonly stamp?: string;
}

const XMLNS = 'xmlns:ofd="http://www.ofdspec.org/2016"';

export function ofdOfPage(page: OfdPageParts): Uint8Array {
  const {
    content,
    layer = '',
    layers = '',
    resources = '',
    pictures = {},
    template,
    annotations,
    stamp,
  } = page;
  const media = Object.entries(pictures).map(
    ([id, { name }]) =>
      `<ofd:MultiMedia ID="${id}" Type="Image"><ofd:MediaFile>${name}</ofd:MediaFile></ofd:MultiMedia>`,
  );
  const parts: Record<string, string | Uint8Array> = {
    'OFD.xml': `<ofd:OFD ${XMLNS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>${stamp ? '<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>' : ''}</ofd:DocBody></ofd:OFD>`,
    'Doc_0/Document.xml':
      `<ofd:Document ${XMLNS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>` +
      (template ? '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/>' : '') +
      `</ofd:CommonData><ofd:Pages><ofd:Page ID="10" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>${annotations ? '<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>' : ''}</ofd:Document>`,
    'Doc_0/DocumentRes.xml': `<ofd:Res ${XMLNS} BaseLoc="Res">${resources}<ofd:MultiMedias>${media.join('')}</ofd:MultiMedias></ofd:Res>`,
    'Doc_0/Pages/Page_0/Content.xml':
      `<ofd:Page ${XMLNS}>` +
      (template ? `<ofd:Template TemplateID="2" ZOrder="${template.zOrder}"/>` : '') +
      `<ofd:Content><ofd:Layer ID="20" ${layer}>${content}</ofd:Layer>${layers}</ofd:Content></ofd:Page>`,
  };
  for (const { name, bytes } of Object.values(pictures)) parts[`Doc_0/Res/${name}`] = bytes;
  if (template)
    parts['Doc_0/Tpls/Tpl_0/Content.xml'] =
      `<ofd:Page ${XMLNS}><ofd:Content><ofd:Layer ID="3">${template.content}</ofd:Layer></ofd:Content></ofd:Page>`;
  if (annotations) {
    parts['Doc_0/Annots/Annotations.xml'] =
      `<ofd:Annotations ${XMLNS}><ofd:Page PageID="10"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`;
    parts['Doc_0/Annots/Page_0/Annotation.xml'] = `<ofd:PageAnnot ${XMLNS}>${annotations}</ofd:PageAnnot>`;
  }
  if (stamp) {
    parts['Doc_0/Signs/Signatures.xml'] =
      `<ofd:Signatures ${XMLNS}><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>`;
    parts['Doc_0/Signs/Sign_0/Signature.xml'] =
      `<ofd:Signature ${XMLNS}><ofd:SignedInfo><ofd:StampAnnot ID="1" PageRef="10" Boundary="${stamp}"/></ofd:SignedInfo></ofd:Signature>`;
  }
  return zipSync(
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        // A picture of one test is a view of a larger buffer.
        typeof part === 'string' ? strToU8(part) : Uint8Array.from(part),
      ]),
    ),
  );
}
