// The command line as one file: loading some 200 small modules took a third of a cold `generate`.
// ts-morph stays outside, since only a TypeScript model pays for it; sh-syntax, since only `prove` looks for it.
export default {
  input: 'build/cli.js',
  platform: 'node',
  external: [/^node:/, 'fs', 'path', 'ts-morph', 'sh-syntax'],
  // jsonc-parser's `main` is UMD, whose inner require() no bundler can follow.
  resolve: { mainFields: ['module', 'main'] },
  output: { dir: 'build/bin', format: 'esm', cleanDir: true },
}
