import type { ModeSetting } from './modes.ts';
import type { Container } from './report-files.ts';
import type { ReplicaHost } from './server.ts';
import type { Post } from './site.ts';

/** Which post a call is about: its id, or the report of a body (by its number) for a year. */
export interface PostChoice {
  readonly post?: number;
  readonly agency?: number;
  readonly year?: number;
}

/** One change to a site. `host` may be left out when there is only one. */
export type ControlCall = { readonly host?: string } & (
  | ({
      readonly do: 'publish';
      readonly title?: string;
      readonly container?: Container;
      readonly published?: string;
    } & PostChoice)
  | ({ readonly do: 'edit_body_silently' } & PostChoice)
  | ({ readonly do: 'swap_attachment' } & PostChoice)
  | ({ readonly do: 'rename_attachment'; readonly name?: string } & PostChoice)
  | ({ readonly do: 'retitle'; readonly title: string } & PostChoice)
  | ({ readonly do: 'move_url' } & PostChoice)
  | ({ readonly do: 'unlist' } & PostChoice)
  | ({ readonly do: 'delete' } & PostChoice)
  | { readonly do: 'rebuild_all' }
  | ({ readonly do: 'set_mode' } & ModeSetting)
);

/** Makes the change; returns what was changed. Throws a sentence where the call makes no sense. */
export function control(hosts: ReadonlyMap<string, ReplicaHost>, call: ControlCall): Record<string, unknown> {
  const host =
    call.host === undefined && hosts.size === 1 ? [...hosts.values()][0] : hosts.get(call.host ?? '');
  if (!host)
    throw new Error(`no site ${call.host ?? '(host not given)'}; there are ${[...hosts.keys()].join(', ')}`);
  const { site } = host;
  switch (call.do) {
    case 'publish': {
      const post = site.publish(call);
      return { post: post.id, url: host.postUrl(post.id) };
    }
    case 'rebuild_all':
      site.template += 1;
      return { template: site.template };
    case 'set_mode': {
      const { do: _do, host: _host, ...setting } = call;
      host.modes.set(setting);
      return { mode: call.mode };
    }
    default: {
      const post = choose(host, call);
      change(post, call);
      return { post: post.id, url: host.postUrl(post.id) };
    }
  }
}

function change(
  post: Post,
  call: Exclude<ControlCall, { do: 'publish' | 'rebuild_all' | 'set_mode' }>,
): void {
  switch (call.do) {
    case 'edit_body_silently':
      post.bodyRevision += 1;
      return;
    case 'swap_attachment':
      requireFiles(post);
      post.fileRevision += 1;
      return;
    case 'rename_attachment':
      requireFiles(post);
      post.fileName = call.name ?? `${post.fileName}（更正）`;
      post.fileAddress += 1;
      return;
    case 'retitle':
      post.title = call.title;
      return;
    case 'move_url':
      post.address += 1;
      return;
    case 'unlist':
      post.listed = false;
      return;
    case 'delete':
      post.deleted = true;
      return;
  }
}

function requireFiles(post: Post): void {
  if (post.container === 'html') throw new Error(`post ${post.id} has no attachment`);
}

function choose({ site }: ReplicaHost, choice: PostChoice): Post {
  const found =
    choice.post !== undefined
      ? site.anyPost(choice.post)
      : site.posts.find(
          (post) =>
            post.isReport &&
            !post.deleted &&
            (choice.agency === undefined || post.body.index === choice.agency) &&
            (choice.year === undefined || post.year === choice.year),
        );
  if (!found) throw new Error(`no such post on ${site.host}: ${JSON.stringify(choice)}`);
  return found;
}
