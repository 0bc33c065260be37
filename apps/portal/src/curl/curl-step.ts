/** One block of commands to paste into a shell, with what it is for. Blocks of a flow use variables that earlier ones set. */
export interface CurlStep {
  readonly title: string;
  readonly explanation: string;
  readonly code: string;
  /** The same done another way. */
  readonly alternative?: { readonly title: string; readonly code: string };
}

/** What a developer fills in; marked on the page, and nothing else in a block needs to be changed. */
export const PLACEHOLDERS = ['YOUR_CLIENT_ID', 'YOUR_CLIENT_SECRET', 'YOUR_REDIRECT_URI', 'YOUR_CODE', 'YOUR_API_KEY'] as const;
