# Sourced by the other scripts: makes .venv with the versions pinned in constraints.txt, once.
# A stamp of pyproject.toml and constraints.txt makes every later call return at once.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
python="$root/.venv/bin/python"

# Otherwise every start compiles all packages anew, for six seconds of processor time.
unset PYTHONDONTWRITEBYTECODE

note() { printf '%s: %s\n' "$(basename "$0")" "$1" >&2; }

find_python() {
  local candidate
  for candidate in python3.11 python3 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  note "Python 3.11 or later was not found. Install it (for example: apt install python3.11 python3.11-venv) and run this again."
  return 1
}

make_venv() {
  local found
  found="$(find_python)"
  if command -v uv >/dev/null; then
    uv venv --quiet --no-project --python "$(command -v "$found")" "$root/.venv"
  else
    "$found" -m venv "$root/.venv"
  fi
}

install() {
  local wanted=(--quiet --constraint "$root/constraints.txt" --editable "$root[dev]")
  if command -v uv >/dev/null; then
    uv pip install --python "$python" "${wanted[@]}"
  else
    "$python" -m pip install "${wanted[@]}"
  fi
}

setup() {
  local stamp="$root/.venv/.installed" want
  want="$(cat "$root/pyproject.toml" "$root/constraints.txt" | cksum)"
  if [[ -x "$python" && -f "$stamp" && "$(<"$stamp")" == "$want" ]]; then
    return
  fi
  [[ -x "$python" ]] || make_venv
  note "installing the pinned versions into .venv (the first time: some minutes, several GB)"
  install
  printf '%s\n' "$want" >"$stamp"
}
