/** A command line and what it does. */
export type Example = readonly [command: string, about: string]

/** What each command's help, and the manual, show; names are those of the commands. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  init: [
    ['init', 'asks a few questions, and writes replica.config.ts and the scripts of package.json'],
    ['init --master pg1.db,pg2.db --major 16 --target systemd', 'the answers as options'],
  ],
  generate: [
    ['generate', 'the model in replica.config.ts, or replica.config.json, of this directory'],
    ['generate my.config.ts --out build/agent --app build/marathon.json', 'another model, and other places'],
    ['generate emea/replica.config.ts apac/replica.config.ts', 'several, each beside its own files'],
    ['generate --env production', 'the model for one environment, into dist/production'],
    ['generate --watch', 'again whenever the configuration, or what it is made of, changes'],
    [
      'generate --stdout marathon.json | curl --json @- http://marathon:8080/v2/apps',
      'one file, to a program',
    ],
    ['generate --strict --format github', 'in a workflow of GitHub: warnings fail it, too'],
  ],
  check: [
    ['check', 'exit 3 when a generated file is not what the model gives'],
    ['check --format sarif > check.sarif', 'the findings for code scanning'],
    ['check --format gitlab > gl-code-quality-report.json', 'and for a merge request of GitLab'],
  ],
  diff: [
    ['diff', 'what would change in dist, and what that means for replicas that run'],
    ['diff --against http://web01/postgres', 'against what is published'],
  ],
  serve: [['serve --port 0', 'publishes the model on this host for a test, on a free port']],
  prove: [
    ['prove', 'what the model gives: parsers, shells, ShellCheck and the proofs of the compiler'],
    ['prove dist/run_rep.sh', 'a file as it lies, whoever wrote it last'],
  ],
  explain: [
    ['explain', 'what can be explained'],
    ['explain NO_SPACE', 'a failure; also a step, a variable, a function or a code of a finding'],
    ['explain 78', 'an exit code'],
    ['explain master.hosts', 'a key of the model'],
    ['explain wal_keep_size', 'a setting of PostgreSQL'],
    ['explain compose.yaml:12', 'a line of a file that a target prints'],
    ['explain --line 141', 'whose line of run_rep.sh that is'],
  ],
  report: [
    ['report', 'the model as one page of HTML, for whoever gets the page at night'],
    ['report --prove --out page.html', 'with what the shells and ShellCheck of this machine say'],
  ],
  graph: [
    ['graph', 'a run as a flowchart of Mermaid'],
    ['graph --format svg --out run.svg', 'as an image'],
  ],
  import: [
    ['import app.json', 'prints a model of the app, and what was wrong with it'],
    ['import app.json --config replica.config.ts', 'writes the model to a new file'],
    ['import apps.json --id /db/pg', 'one of several apps'],
  ],
  demo: [['demo', 'a master and two replicas on this machine, for a minute']],
  completion: [
    ['completion bash > ~/.local/share/bash-completion/completions/postgres-rep-marathon', 'for bash'],
    ['completion zsh > "${fpath[1]}/_postgres-rep-marathon"', 'for zsh'],
    ['completion fish > ~/.config/fish/completions/postgres-rep-marathon.fish', 'for fish'],
  ],
}

/** The examples of a command as its help shows them; '' where it has none. */
export function showExamples(name: string, program: string): string {
  const own = Object.hasOwn(examples, name) ? (examples[name] ?? []) : []
  if (own.length === 0) return ''
  const lines = own.flatMap(([command, about]) => [`  ${program} ${command}`, `      ${about}`])
  return `\nExamples:\n${lines.join('\n')}`
}
