import ipaddr from 'ipaddr.js';

/**
 * Why an IP address must not be connected to, or null when it is a public unicast address. Everything else is refused:
 * private, loopback, link-local, shared, multicast, reserved and documentation ranges, and every IPv6 form that carries
 * an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo), because what it reaches is decided elsewhere.
 */
export function refusedAddress(address: string): string | null {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return `${address} is no IP address`;
  const parsed = ipaddr.parse(bare);
  const range = parsed.range();
  if (range !== 'unicast') return `${address} is a ${range} address`;
  // Global unicast is 2000::/3 (RFC 4291, IANA); ipaddr.js also calls IPv4-compatible and unassigned blocks unicast.
  if (parsed instanceof ipaddr.IPv6 && ((parsed.parts[0] ?? 0) & 0xe000) !== 0x2000)
    return `${address} is outside the public IPv6 range`;
  return null;
}

export function isLoopback(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) && ipaddr.parse(bare).range() === 'loopback';
}

/** The IP address that a URL's host is, without brackets, or null when it is a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) ? bare : null;
}
