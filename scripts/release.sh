#!/usr/bin/env bash
# Commits dist/ on top of what is checked out, tags it with the version of package.json (v1.2.3) and its major (v1), and
# pushes the tags. No branch gets the commit: sources and built files do not mix.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=v$(node --print 'require("./package.json").version')
if git ls-remote --exit-code --tags origin "refs/tags/$version" > /dev/null; then
  echo "$version is released already: raise the version in package.json first." >&2
  exit 2
fi
git checkout --quiet --detach
git add --force dist
git -c user.name='kexec-lab release' -c user.email='release@localhost' commit --quiet --message "$version, built"
git tag "$version"
git tag --force "${version%%.*}"
git push --quiet --force origin "refs/tags/$version" "refs/tags/${version%%.*}"
echo "$version"
