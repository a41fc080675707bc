#!/usr/bin/env bash
# The first step of the Action: finds a Node.js that runs kexec-lab, and puts its path into the step's output `node`.
# The PATH of the job stays as it is: later steps keep the Node.js their workflow chose.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

is_usable() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
    2> /dev/null
}

# The one on the PATH, else the newest that GitHub's runners bring with them.
find_node() {
  local candidate
  if candidate=$(command -v node) && is_usable "$candidate"; then
    echo "$candidate"
    return
  fi
  while read -r candidate; do
    if is_usable "$candidate"; then
      echo "$candidate"
      return
    fi
  done < <(find "${RUNNER_TOOL_CACHE:-/nonexistent}/node" -path '*/bin/node' 2> /dev/null | sort --version-sort --reverse)
  return 1
}

if ! node=$(find_node); then
  echo '::error title=kexec-lab::No Node.js 20.19 or newer was found. Use actions/setup-node before this action.'
  exit 5
fi

# A release holds the program. A branch or a commit holds its source: it takes what the program imports, and a bundler.
if [ ! -f "$root/dist/action/main.js" ]; then
  echo 'This ref of kexec-lab is source, not a release: preparing it.'
  (
    cd "$root"
    PATH="$(dirname "$node"):$PATH"
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund
    version=$(node --print 'require("./package-lock.json").packages["node_modules/esbuild"].version')
    mapfile -t entries < <(node --print 'require("./scripts/entry-points.json").join("\n")')
    npm_config_ignore_scripts=true npx --yes "esbuild@$version" "${entries[@]}" \
      --bundle --splitting --packages=external --format=esm --platform=node --target=node20.19 \
      --outbase=src --outdir=dist --log-level=warning
  )
fi

echo "node=$node" >> "$GITHUB_OUTPUT"
