import type { Post, Site } from './site.ts';

/** A request as a family sees it. */
export interface ReplicaRequest {
  readonly method: string;
  readonly url: URL;
  /** Path and query exactly as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  /** With its charset where it has one; HTML without one gets the site's. */
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** When a static file was written; sent as Last-Modified, with an ETag of the body. */
  readonly modified?: string;
}

/** How one content management system serves a site. */
export interface ReplicaFamily {
  /** Path of the annual-report column. */
  columnPath(site: Site): string;
  /** Path of an article as the list links it. */
  postPath(site: Site, post: Post): string;
  /** Null: 404. */
  answer(site: Site, request: ReplicaRequest): Answer | null;
}

export const html = (body: string, more: Partial<Answer> = {}): Answer => ({
  type: 'text/html',
  body,
  ...more,
});
export const json = (value: unknown, more: Partial<Answer> = {}): Answer => ({
  type: 'application/json;charset=UTF-8',
  body: JSON.stringify(value),
  ...more,
});
export const redirect = (location: string, status = 302): Answer => ({
  status,
  type: 'text/html',
  body: '',
  headers: { location },
});

/** One page of the items, from 1. */
export function pageOf<T>(items: readonly T[], page: number, size: number): readonly T[] {
  return items.slice((page - 1) * size, page * size);
}
