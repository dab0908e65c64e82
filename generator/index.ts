// A configuration is run by Node: whoever imports this package knows `process`, `console` and `node:fs`.
/// <reference types="node" preserve="true" />
export * from './api.js'
