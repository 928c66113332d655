/**
 * Derives something from a value once and keeps it as long as the value lives. What a schema says of names and categories takes ten times longer
 * to take apart than a file of ten customers takes to score, and a schema never changes.
 */
export function onceFor<K extends object, V>(derive: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = derive(key);
      known.set(key, value);
    }
    return value;
  };
}
