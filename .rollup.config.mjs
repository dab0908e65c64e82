import { dts } from 'rollup-plugin-dts'

// What `types` of package.json names, as one file beside the one that asks for Node's: nobody who uses them has to
// install more. rolldown makes the program (.rolldown.config.mjs), but no declarations.
export default {
  input: 'build/api.d.ts',
  plugins: [dts({ respectExternal: true })],
  output: { file: 'build/api.d.ts', format: 'es' },
}
