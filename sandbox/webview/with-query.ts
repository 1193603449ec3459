/** Appends to what is there, as the platforms do; the fragment stays last. */
export function withQuery(url: string, more: Record<string, string>): string {
  const target = new URL(url)
  for (const [name, value] of Object.entries(more)) target.searchParams.append(name, value)
  return target.href
}
