import type { ts as TypeScript } from 'ts-morph'
import type { Place } from '../diagnostics/diagnostic.js'
import type { Literal, Part, Written } from './places.js'

/** The parameter of an emitted module through which its literals are stamped. */
export const STAMP = '__stampPlace__'

export interface StampOptions {
  readonly placeAt: (file: TypeScript.SourceFile, offset: number) => Place
  readonly add: (literal: Literal) => number
}

/**
 * A transformer that turns each object and array literal into `stamp(id, [part, part])`, where the parts are
 * the runs of written keys or items, the computed keys and the spreads, evaluated once and in the order
 * written. The patterns of destructuring assignments look like literals and stay as they are.
 */
export function createStamper(
  ts: typeof TypeScript,
  { placeAt, add }: StampOptions,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => (file) => {
    const { factory } = context
    const placeOf = (node: TypeScript.Node): Place => placeAt(file, node.getStart(file))
    const describe = (node: TypeScript.Node): Written => ({
      place: placeOf(ts.isObjectLiteralElementLike(node) ? (node.name ?? node) : node),
      doc: readDoc(ts, node),
    })

    const visit = (node: TypeScript.Node): TypeScript.Node => {
      const pattern = findPattern(ts, node)
      const visited = ts.visitEachChild(node, (child) => (child === pattern ? child : visit(child)), context)
      if (ts.isObjectLiteralExpression(node) && ts.isObjectLiteralExpression(visited)) {
        return stampObject(node, visited)
      }
      if (ts.isArrayLiteralExpression(node) && ts.isArrayLiteralExpression(visited)) {
        return stampArray(node, visited)
      }
      return visited
    }

    const stampObject = (
      node: TypeScript.ObjectLiteralExpression,
      visited: TypeScript.ObjectLiteralExpression,
    ): TypeScript.Expression => {
      // A written prototype would get lost in joining parts: such a literal stays one part.
      const hasPrototype = node.properties.some((member) => readKey(ts, member) === '__proto__')
      const runs = splitRuns(node.properties, (member) => hasPrototype || readKey(ts, member) !== undefined)
      const parts = runs.map((run): Part => {
        const [only] = run.of(node.properties)
        if (run.isPlain || only === undefined) {
          const keys = run.of(node.properties).flatMap((member): [string, Written][] => {
            const key = readKey(ts, member)
            return key === undefined ? [] : [[key, describe(member)]]
          })
          return { kind: 'keys', keys: new Map(keys) }
        }
        return { kind: ts.isSpreadAssignment(only) ? 'spread' : 'computed', written: describe(only) }
      })
      const values = runs.map((run) => {
        const members = run.of(visited.properties)
        const [only] = members
        if (!run.isPlain && only !== undefined && ts.isSpreadAssignment(only)) return only.expression
        return factory.createObjectLiteralExpression(members, true)
      })
      return createCall(node, { kind: 'object', at: placeOf(node), parts }, values)
    }

    const stampArray = (
      node: TypeScript.ArrayLiteralExpression,
      visited: TypeScript.ArrayLiteralExpression,
    ): TypeScript.Expression => {
      const runs = splitRuns(node.elements, (item) => !ts.isSpreadElement(item))
      const parts = runs.map((run): Part => {
        const items = run.of(node.elements).map(describe)
        const [only] = items
        return run.isPlain || only === undefined
          ? { kind: 'items', items }
          : { kind: 'spread', written: only }
      })
      const values = runs.map((run) => {
        const items = run.of(visited.elements)
        const [only] = items
        return only !== undefined && ts.isSpreadElement(only)
          ? only.expression
          : factory.createArrayLiteralExpression(items)
      })
      return createCall(node, { kind: 'array', at: placeOf(node), parts }, values)
    }

    const createCall = (
      node: TypeScript.Expression,
      literal: Literal,
      values: readonly TypeScript.Expression[],
    ): TypeScript.Expression => {
      const call = factory.createCallExpression(factory.createIdentifier(STAMP), undefined, [
        factory.createNumericLiteral(add(literal)),
        factory.createArrayLiteralExpression(values),
      ])
      return ts.setSourceMapRange(call, node)
    }

    return ts.visitEachChild(file, visit, context)
  }
}

interface Run {
  /** A run of plain members; otherwise the run is one spread or computed member alone. */
  readonly isPlain: boolean
  readonly of: <T>(members: readonly T[]) => T[]
}

/** The members in runs: neighbours that are plain together, each other one alone; never no run at all. */
function splitRuns<T>(members: readonly T[], isPlain: (member: T) => boolean): Run[] {
  const bounds: { from: number; to: number; isPlain: boolean }[] = []
  for (const [index, member] of members.entries()) {
    const last = bounds.at(-1)
    const plain = isPlain(member)
    if (plain && last?.isPlain) last.to = index + 1
    else bounds.push({ from: index, to: index + 1, isPlain: plain })
  }
  if (bounds.length === 0) bounds.push({ from: 0, to: 0, isPlain: true })
  return bounds.map((run) => ({ isPlain: run.isPlain, of: (all) => all.slice(run.from, run.to) }))
}

/** The key that a member surely has; undefined for a spread or a computed name. */
function readKey(ts: typeof TypeScript, member: TypeScript.ObjectLiteralElementLike): string | undefined {
  const { name } = member
  return name === undefined || ts.isComputedPropertyName(name) ? undefined : name.text
}

/** The left side of a destructuring assignment or loop, which holds no values. */
function findPattern(ts: typeof TypeScript, node: TypeScript.Node): TypeScript.Node | undefined {
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return node.initializer
  const isAssignment = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken
  if (!isAssignment) return undefined
  let left: TypeScript.Expression = node.left
  while (ts.isParenthesizedExpression(left)) left = left.expression
  return ts.isObjectLiteralExpression(left) || ts.isArrayLiteralExpression(left) ? node.left : undefined
}

/** The text of the doc comment nearest above a node, on one line, without its tags. */
function readDoc(ts: typeof TypeScript, node: TypeScript.Node): string | undefined {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1)?.comment
  const text = ts.getTextOfJSDocComment(comment)?.replace(/\s+/g, ' ').trim()
  return text === undefined || text === '' ? undefined : text
}
