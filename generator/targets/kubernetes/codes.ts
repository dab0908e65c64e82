import { containerCodes } from '../containers/codes.js'

/** What each finding on the objects of Kubernetes is about. */
export const codes: Readonly<Record<string, string>> = {
  ...containerCodes,
  E_KUBERNETES_LABEL: 'the label is one of those by which pods are found, or that say what they are',
  E_KUBERNETES_PATH: 'nothing mounts into the pod what the model names by a path',
  E_KUBERNETES_SECRET: 'a variable gets its value from one key of a Secret that is there',
  E_KUBERNETES_SIZE: 'etcd takes no ConfigMap of more than 1 MiB',
  E_KUBERNETES_USER: 'a pod that is to run as no root cannot begin as root',
  E_KUBERNETES_WAL: 'a claim that has a name is one for all pods, and WAL wants a disk of its own node',
  W_KUBERNETES_PAUSE: "a pause of the script's own hides from the kubelet that a container fails",
  W_KUBERNETES_UPDATE:
    'Kubernetes refuses to change the volumes of a StatefulSet, or leaves what is of another kind',
}
