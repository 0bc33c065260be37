import type { PolledDevice } from '#persistence/device/device-authorization.store.js';

export type DevicePollDecision =
  | { readonly outcome: 'redeem'; readonly device: PolledDevice; readonly userId: string }
  /** The person has not decided; `slow_down` where the device asks too often. */
  | { readonly outcome: 'wait'; readonly error: 'authorization_pending' | 'slow_down' }
  | { readonly outcome: 'refuse'; readonly error: 'invalid_grant' | 'expired_token' | 'access_denied'; readonly reason: string };

/** RFC 8628 §3.5. What the code is bound to comes first, so that nobody but its client learns anything of it. */
export function decideDevicePoll(
  device: PolledDevice | null,
  presented: { readonly subscriptionId: string; readonly authMethodId: string },
): DevicePollDecision {
  if (device === null) return refuse('invalid_grant', 'unknown');
  if (device.subscriptionId !== presented.subscriptionId) return refuse('invalid_grant', 'other-client');
  if (device.authMethodId !== presented.authMethodId) return refuse('invalid_grant', 'other-auth-method');
  if (device.consumed) return refuse('invalid_grant', 'used');
  if (device.expired) return refuse('expired_token', 'expired');
  if (device.decision === 'denied') return refuse('access_denied', 'denied');
  if (device.decision === null) return { outcome: 'wait', error: device.tooSoon ? 'slow_down' : 'authorization_pending' };
  if (device.userId === null || device.userBlocked) return refuse('invalid_grant', 'person-blocked');
  return { outcome: 'redeem', device, userId: device.userId };
}

function refuse(error: 'invalid_grant' | 'expired_token' | 'access_denied', reason: string): DevicePollDecision {
  return { outcome: 'refuse', error, reason };
}
