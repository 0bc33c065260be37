import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RegistrySnapshot } from '#config/registry.js';
import type { Asset } from './asset.js';
import { siteAssets } from './site-assets.js';

const ASSET_PATH = /^\/assets\/([a-z]+)-([0-9a-f]{16})\.[a-z]+$/;

/** A year, the longest that caches honour; the address changes with the content (RFC 8246). */
const FOREVER = 'public, max-age=31536000, immutable';

type Next = () => void;

/**
 * Serves `/assets/*`; everything else goes on to `next`. Usable as Express middleware before any router.
 *
 * An address with another hash is that of another version of the file: during a roll-out page and asset may come from different
 * instances. It gets what is there, not to be kept, rather than a page without a style.
 */
export function serveAssets(registry: { readonly snapshot: RegistrySnapshot }) {
  return (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    const path = (request.url ?? '').split('?', 1)[0] as string;
    const match = ASSET_PATH.exec(path);
    const asset = match && findAsset(registry.snapshot, match[1] as string);
    if (!asset || (request.method !== 'GET' && request.method !== 'HEAD')) {
      next();
      return;
    }
    const etag = `"${asset.hash}"`;
    const known = (request.headers['if-none-match'] ?? '').includes(etag);
    response.writeHead(known ? 304 : 200, {
      'Content-Type': asset.contentType,
      'Cache-Control': match[2] === asset.hash ? FOREVER : 'no-cache',
      ETag: etag,
      ...(known ? {} : { 'Content-Length': asset.bytes.length }),
      'X-Content-Type-Options': 'nosniff',
      // An SVG logo opened by itself is a document; whatever script it holds must not run on this origin.
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    response.end(known || request.method === 'HEAD' ? undefined : asset.bytes);
  };
}

function findAsset(snapshot: RegistrySnapshot, name: string): Asset | undefined {
  return Object.values(siteAssets(snapshot)).find((asset: Asset | null) => asset?.name === name) ?? undefined;
}
