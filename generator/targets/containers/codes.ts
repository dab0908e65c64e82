/** What findings on a replica in a container are about, whatever runs containers. */
export const containerCodes: Readonly<Record<string, string>> = {
  E_CONTAINER_DATA:
    'data outside of the volume would go with the container, or find no room that can be written',
  E_CONTAINER_ENV: 'no process can get a variable that holds a NUL character',
  E_IMAGE_MAJOR: 'an image holds the server of one major, and that of the master has to be among them',
  E_IMAGE_TOOL: 'the official image does not hold the program',
  E_IMAGE_USER: 'the official image knows no such user, or knows it by another number',
  W_CONTAINER_LISTEN:
    'the address of a container is not known beforehand, so that nobody would reach the replica',
  W_CONTAINER_MASTER: 'within a container localhost is the container itself',
  W_CONTAINER_MEMORY: 'what lies in /dev/shm counts as memory of the task',
}
