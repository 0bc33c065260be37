/**
 * Copies the text of the element marked `data-copy-source` in the same `data-copy` block. It is hidden until the script that makes
 * it work has run.
 * @param what what is copied, for screen readers: "Token URL"
 */
export function CopyButton({ what }: { what: string }) {
  return (
    <button type="button" class="copy-button" data-copy-button="" hidden aria-label={`Copy: ${what}`}>
      Copy
    </button>
  );
}
