/**
 * The order in which plugins run, in every phase. One list: what names the call comes first, what may answer a preflight before
 * what counts calls. A plugin that is not named here runs after these, in the order of the config.
 */
export const PLUGIN_ORDER: readonly string[] = ['correlation-id', 'cors', 'rate-limiting'];
