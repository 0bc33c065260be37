import type { EntityManager } from 'typeorm';

const END_APPROVED = `
  UPDATE device_authorization SET decision = 'denied'
  WHERE decision = 'approved' AND consumed_at IS NULL
    AND ($1::uuid IS NULL OR user_id = $1::uuid) AND ($2::uuid[] IS NULL OR subscription_id = ANY($2::uuid[]))`;

/** Which devices; what is left out covers all. */
export interface ApprovedDevices {
  /** The person who let them in. */
  readonly userId?: string;
  readonly subscriptionIds?: readonly string[];
}

/**
 * Devices that were let in and have not fetched their tokens get none. Stands before the statement that revokes the families: a device
 * that fetches meanwhile holds its row, so that statement finds the family that it began.
 */
export async function endApprovedDevices(db: EntityManager, { userId, subscriptionIds }: ApprovedDevices): Promise<void> {
  await db.query(END_APPROVED, [userId ?? null, subscriptionIds ?? null]);
}
