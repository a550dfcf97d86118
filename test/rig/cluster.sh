#!/usr/bin/env bash
# cluster.sh up      starts a control plane with one simulated node on free ports of 127.0.0.1, of what build.sh made
# cluster.sh down    ends it and drops what it holds
#
# What is up says $PINTLE_RIG/cluster/env, to be sourced: KUBECONFIG, RIG_SERVER, RIG_TOKEN (an administrator's) and
# RIG_CA (a file). Pods run at once; see stages.yaml for what else they can be made to do.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# In the order they are ended.
PARTS=(kwok kube-scheduler kube-controller-manager kube-apiserver etcd)
VOLUMES=40

kubectl() { "$PROGRAMS/kubectl" --kubeconfig "$FOLDER/kubeconfig" --request-timeout 10s "$@"; }

all_run() {
  local part
  for part in "${PARTS[@]}"; do runs "$part" || return 1; done
}

down() {
  local part
  for part in "${PARTS[@]}"; do halt "$part"; done
  rm -rf "$FOLDER"
}

# write_kubeconfig FILE USER SUBJECT
write_kubeconfig() {
  make_certificate "$FOLDER" "$2" DNS:localhost "$3"
  cat > "$1" << END
apiVersion: v1
kind: Config
current-context: rig
clusters: [{name: rig, cluster: {server: "$server", certificate-authority-data: $(base64 -w0 "$FOLDER/ca.crt")}}]
contexts: [{name: rig, context: {cluster: rig, user: $2}}]
users: [{name: $2, user: {client-certificate-data: $(base64 -w0 "$FOLDER/$2.crt"), client-key-data: $(base64 -w0 "$FOLDER/$2.key")}}]
END
}

make_keys() {
  make_authority "$FOLDER"
  make_certificate "$FOLDER" server IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc
  make_certificate "$FOLDER" node IP:127.0.0.1 /O=system:nodes/CN=system:node:rig-node
  openssl genrsa -out "$FOLDER/accounts.key" 2048 2> /dev/null
  openssl rsa -in "$FOLDER/accounts.key" -pubout -out "$FOLDER/accounts.pub" 2> /dev/null
  echo "$token,rig-token,rig-token,system:masters" > "$FOLDER/tokens.csv"
  write_kubeconfig "$FOLDER/kubeconfig" admin /O=system:masters/CN=rig-admin
  write_kubeconfig "$FOLDER/controllers.conf" controllers /CN=system:kube-controller-manager
  write_kubeconfig "$FOLDER/scheduler.conf" scheduler /CN=system:kube-scheduler
}

start_store() {
  local peers
  peers=$(free_port)
  launch etcd "$PROGRAMS/etcd" --name rig --data-dir "$FOLDER/etcd" --unsafe-no-fsync --logger zap --log-level warn \
    --listen-client-urls "$etcd" --advertise-client-urls "$etcd" --listen-peer-urls "http://127.0.0.1:$peers" \
    --initial-advertise-peer-urls "http://127.0.0.1:$peers" --initial-cluster "rig=http://127.0.0.1:$peers"
  await_port etcd "${etcd##*:}"
}

start_server() {
  launch kube-apiserver "$PROGRAMS/kube-apiserver" --etcd-servers "$etcd" --bind-address 127.0.0.1 \
    --advertise-address 127.0.0.1 --secure-port "${server##*:}" --endpoint-reconciler-type none \
    --service-cluster-ip-range 10.96.0.0/16 --authorization-mode Node,RBAC --allow-privileged \
    --tls-cert-file "$FOLDER/server.crt" --tls-private-key-file "$FOLDER/server.key" --client-ca-file "$FOLDER/ca.crt" \
    --token-auth-file "$FOLDER/tokens.csv" --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$FOLDER/accounts.pub" --service-account-signing-key-file "$FOLDER/accounts.key" \
    --kubelet-preferred-address-types InternalIP --kubelet-certificate-authority "$FOLDER/ca.crt"
  await kube-apiserver kubectl get --raw /readyz
}

start_controllers() {
  launch kube-controller-manager "$PROGRAMS/kube-controller-manager" --kubeconfig "$FOLDER/controllers.conf" \
    --secure-port 0 --leader-elect=false --use-service-account-credentials --controllers '*' \
    --root-ca-file "$FOLDER/ca.crt" --service-account-private-key-file "$FOLDER/accounts.key" \
    --cluster-signing-cert-file "$FOLDER/ca.crt" --cluster-signing-key-file "$FOLDER/ca.key" \
    --kube-api-qps 500 --kube-api-burst 1000
  launch kube-scheduler "$PROGRAMS/kube-scheduler" --kubeconfig "$FOLDER/scheduler.conf" \
    --secure-port 0 --leader-elect=false --kube-api-qps 500 --kube-api-burst 1000
}

start_node() {
  local port number
  port=$(free_port)
  echo '2026-01-01T00:00:00.000000000Z stdout F simulated container log' > "$FOLDER/container.log"
  sed "s|@LOG@|$FOLDER/container.log|" "$HERE/stages.yaml" > "$FOLDER/stages.yaml"
  launch kwok "$PROGRAMS/kwok" --kubeconfig "$FOLDER/kubeconfig" --config "$FOLDER/stages.yaml" --manage-all-nodes \
    --server-address "127.0.0.1:$port" --node-ip 127.0.0.1 --node-port "$port" --cidr 10.244.0.0/16 \
    --tls-cert-file "$FOLDER/node.crt" --tls-private-key-file "$FOLDER/node.key" --node-lease-duration-seconds 40
  {
    cat "$HERE/objects.yaml"
    for ((number = 1; number <= VOLUMES; number++)); do sed "s/@NUMBER@/$number/g" "$HERE/volume.yaml"; done
  } | kubectl create -f - > "$RIG/logs/objects" 2>&1 || return 1
  await kwok node_is_ready
  await kube-controller-manager kubectl -n default get serviceaccount/default configmap/kube-root-ca.crt
}

node_is_ready() {
  local path='{.status.conditions[?(@.type=="Ready")].status}/{.spec.taints}'
  [ "$(kubectl get node rig-node -o "jsonpath=$path")" = True/ ]
}

boot() {
  etcd=http://127.0.0.1:$(free_port)
  server=https://127.0.0.1:$(free_port)
  token=$(openssl rand -hex 20)
  down
  mkdir -p "$FOLDER"
  make_keys
  start_store && start_server && start_controllers && start_node && all_run || return 1
  printf 'export %s=%q\n' KUBECONFIG "$FOLDER/kubeconfig" RIG_SERVER "$server" RIG_TOKEN "$token" \
    RIG_CA "$FOLDER/ca.crt" > "$FOLDER/env"
}

up() {
  local part
  if all_run && kubectl get --raw /readyz > /dev/null 2>&1; then return; fi
  for part in "${PARTS[@]}" kubectl; do
    [ -x "$PROGRAMS/$part" ] || fail "$part is not in $PROGRAMS: run build.sh"
  done
  # A port that somebody else took meanwhile is another one the next time.
  for _ in 1 2 3; do
    if boot; then return; fi
    for part in "${PARTS[@]}"; do halt "$part"; done
  done
  for part in "${PARTS[@]}"; do tail -n 5 "$RIG/logs/$part" >&2 || true; done
  fail 'the control plane does not start'
}

[ $# -eq 1 ] && { [ "$1" = up ] || [ "$1" = down ]; } || {
  sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
require flock setsid openssl base64
enter_rig
FOLDER=$RIG/cluster
"$1"
