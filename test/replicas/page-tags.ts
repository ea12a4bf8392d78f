import { escapeHtml, type Post, type Site } from './site.ts';

/** The page tags that the national guideline asks for, as the systems print them; `quote` and spacing vary by family. */
export function listTags(site: Site, columnName = '政府信息公开年报', quote = '"'): string {
  const tag = (name: string, content: string) =>
    `<meta name=${quote}${name}${quote} content=${quote}${content}${quote}>`;
  return [
    tag('SiteName', `${site.bodies[0]!.district}人民政府`),
    tag('SiteDomain', site.host),
    tag('SiteIDCode', '9900000001'),
    tag('ColumnName', columnName),
    tag('ColumnType', columnName),
    tag('ColumnDescription', ''),
  ].join('\n');
}

/** Page tags of an article. `source`: what ContentSource says; often only an internal office. */
export function articleTags(
  site: Site,
  post: Post,
  options: { source?: string; time?: string; glued?: boolean } = {},
): string {
  const space = options.glued ? '' : ' ';
  return [
    listTags(site),
    `<meta name="ArticleTitle"${space}content="${escapeHtml(post.title)}">`,
    `<meta name="PubDate"${space}content="${post.published}${options.time ?? ' 09:30'}">`,
    `<meta name="ContentSource"${space}content="${options.source ?? post.body.name}">`,
    '<meta name="Keywords" content="">',
    '<meta name="Author"content="">',
  ].join('\n');
}
