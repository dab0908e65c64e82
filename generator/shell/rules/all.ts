import { requirePosixBuiltins } from './builtins.js'
import { requireReadableNames } from './dynamic.js'
import { requirePlainEcho } from './echo.js'
import { requireValues } from './empty.js'
import { forbidEval } from './eval.js'
import { requireKnownFailures } from './failures.js'
import { requireOwnFunctions } from './functions.js'
import { requireRealQuotes } from './literal-quotes.js'
import { forbidMaskedStatus } from './masked.js'
import { requirePosixOptions } from './options.js'
import { requireConstantFormat } from './printf.js'
import { requireQuotes } from './quoting.js'
import { requireRawRead } from './read.js'
import { requireOpenableFiles } from './redirections.js'
import type { Rule } from './rule.js'
import { requireOneSubstitution } from './substitutions.js'
import { requirePosixSyntax } from './syntax.js'
import { forbidTemplateMarks } from './template.js'
import { requirePosixTest } from './test.js'
import { requirePosixTraps } from './trap.js'
import { requireKnownUtilities } from './utilities.js'

/** Every rule for shell text, of a step or of the whole script. */
export const rules: readonly Rule[] = [
  forbidTemplateMarks,
  forbidEval,
  requireQuotes,
  requireRealQuotes,
  requirePosixSyntax,
  requirePosixBuiltins,
  requirePosixTest,
  requirePosixTraps,
  requirePosixOptions,
  requirePlainEcho,
  requireConstantFormat,
  requireRawRead,
  requireKnownUtilities,
  requireKnownFailures,
  requireOwnFunctions,
  requireReadableNames,
  requireOneSubstitution,
  requireValues,
  requireOpenableFiles,
  forbidMaskedStatus,
]
