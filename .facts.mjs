// Analyses the shipped shell once, so that a run of the compiler parses only what a model adds to it.
import { writeFileSync } from 'node:fs'
import { collectShippedFacts } from './build/compile/compile.js'
import { readTemplates } from './build/load/templates.js'

writeFileSync('build/facts.json', JSON.stringify(collectShippedFacts(readTemplates())))
