/**
 * Bodies pass through buffers that live for a moment, tens of megabytes of them between two garbage collections. As a process begins,
 * the allocator of glibc gives what is freed at the end of its heap back to the system as soon as it is 128 KB, and the same pages are
 * had anew and zeroed a moment later: more work than passing on what they hold. Once a larger block was freed, it keeps twice as much
 * (mallopt(3), M_MMAP_THRESHOLD). Other allocators take no notice of it.
 */

/** Twice that is what may be freed between two collections. The allocator learns from no block of 32 MB or more. */
const LARGE_BLOCK = 31 * 1_048_576;

/** Has the allocator keep more of what is freed, from the next garbage collection on. Nothing of the block is ever touched, so it takes no memory. */
export function keepFreedMemory(): void {
  Buffer.allocUnsafeSlow(LARGE_BLOCK);
}
