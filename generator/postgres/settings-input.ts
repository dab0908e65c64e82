import type { KnownSettings } from './known-settings.js'

/** Settings as a person writes them: an editor completes those of PostgreSQL; extensions have names of their own. */
export type SettingsInput = KnownSettings & Readonly<Record<string, string | number | boolean>>
