/**
 * Our API as a configuration sees it: the same values, except that what a function of it returns keeps the
 * place of the literal that it was given. So the API's functions need to know nothing of places, and may
 * return their argument or a new object.
 */
export function createApiPlaces(
  api: object,
  keepPlace: (from: readonly unknown[], to: unknown) => void,
): object {
  return wrapMembers(api, (values, run) => {
    const result = run()
    keepPlace(values, result)
    return result
  })
}

type Around = (values: readonly unknown[], run: () => unknown) => unknown

function wrapMembers(members: object, around: Around): object {
  const wrapped = Object.entries(members).map(([name, value]) => [name, wrapValue(value, around)])
  return Object.fromEntries(wrapped)
}

/** Functions and plain objects of functions (`allow.host`); anything else, such as a schema, is left alone. */
function wrapValue(value: unknown, around: Around): unknown {
  if (typeof value === 'function') {
    return new Proxy(value, {
      apply: (target, self, list) => around(list, () => Reflect.apply(target, self, list)),
    })
  }
  const isPlain = typeof value === 'object' && value !== null && isPlainObject(value)
  return isPlain ? wrapMembers(value, around) : value
}

/** An object literal, or the namespace of a module (which has no prototype). */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
