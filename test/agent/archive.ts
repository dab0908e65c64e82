/** True for what the fetcher unpacks, by its suffix (FetchUri.scala, Mesos fetcher.cpp). */
export function isArchive(uri: string): boolean {
  return /\.(tar|tar\.gz|tar\.bz2|tar\.xz|gz|tgz|tbz2|txz|zip)$/.test(uri)
}
