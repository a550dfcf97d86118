/** Go: net.LookupHost gives all addresses; Helm's getHostByName takes one of them, or none. */
export async function lookUpHost(name: string): Promise<string> {
  const { lookup } = await import('node:dns/promises');
  try {
    return (await lookup(name)).address;
  } catch {
    return '';
  }
}
