""".envrc of direnv: a script of the shell that is committed, other than .env."""

HITS = {
    "transcom/mymove:.envrc a password": """
        export DB_PASSWORD=Lindwurm-t0d ~~> hardcoded-credential
    """,
    "transcom/mymove:.envrc a password with another word behind": """
        export DB_PASSWORD_LOW_PRIV=Lindwurm-t0d ~~> hardcoded-credential
    """,
    "transcom/mymove:.envrc a user": """
        export DB_USER=postgres ~~> hardcoded-username
    """,
    "transcom/mymove:.envrc a user with another word behind, beside its host": """
        export DB_USER_LOW_PRIV=crud
        export DB_HOST=localhost ~~> hardcoded-host
    """,
    "transcom/mymove:.envrc ports of one host": """
        export DB_HOST=localhost ~~> hardcoded-host
        export DB_PORT=5432 ~~> hardcoded-port
        export DB_PORT_TEST=5433 ~~> hardcoded-port
    """,
    "transcom/mymove:.envrc a user in quotes": """
        export GEX_BASIC_AUTH_USERNAME="movers" ~~> hardcoded-username
    """,
    "02Anmol/async-API:.envrc a user beside a host": """
        export DB_HOST=127.0.0.1 ~~> hardcoded-host
        export DB_USER=steward ~~> hardcoded-username
    """,
    "02Anmol/async-API:.envrc a password": """
        export DB_PASSWORD=W3lsungen ~~> hardcoded-credential
    """,
    "02Anmol/async-API:.envrc a port, and a URL of references": """
        export DB_PORT=5434 ~~> hardcoded-port
        export DATABASE_URL=postgresql://${DB_USER}:${DB_PASSWORD}@${DB_HOST}:${DB_PORT}/$DB_NAME?sslmode=disable
    """,
    "0xE111/djangle:.envrc a secret": """
        export DEBUG=1
        export SECRET_KEY=70431 ~~> hardcoded-credential
    """,
    "0xE111/djangle:.envrc PostgreSQL": """
        export POSTGRES_HOST=localhost ~~> hardcoded-host
        export POSTGRES_PORT=5435 ~~> hardcoded-port
        export POSTGRES_PASSWORD=70431 ~~> hardcoded-credential
    """,
    "0xE111/djangle:.envrc a broker": """
        export CELERY_BROKER_URL=redis://localhost:6380/0 ~~> hardcoded-url
    """,
    "CMSgov/easi-app:.envrc a host of libpq": """
        export PGHOST=localhost ~~> hardcoded-host
        export PGPORT=5436 ~~> hardcoded-port
        export PGUSER=steward ~~> hardcoded-username
    """,
    "CMSgov/easi-app:.envrc passwords of libpq": """
        export PGPASS=Wals3renritt ~~> hardcoded-credential
        export PGPASSWORD=Wals3renritt ~~> hardcoded-credential
    """,
    "CMSgov/easi-app:.envrc a redirection": """
        export OKTA_REDIRECT_URI=http://localhost:3001/implicit/callback ~~> hardcoded-url
    """,
    "Natnael-Alemayehu/go-svelte-auth:backend/.envrc a database in one": """
        export DATABASE_URL=postgres://redlight:F4fnirs-hort@localhost/auth_of_go ~~> hardcoded-credential
    """,
    "Joeljm1/game-scouter:backend/.envrc a DSN": """
        export SCOUTER_DB_DSN=postgres://hunter:M1mes-schmiede@localhost/games?sslmode=disable ~~> hardcoded-credential
    """,
    "Joeljm1/game-scouter:backend/.envrc a secret of OAuth": """
        export ClientSecret=Kx4-r1ngd3rn1b3lungenQz_7 ~~> hardcoded-credential
    """,
    "WeAreWizards/proppyweb:backend/.envrc a user without a password": """
        export DEV_DATABASE_URL=postgres://steward@127.0.0.1:5437/house?sslmode=disable ~~> hardcoded-url
    """,
    "WeAreWizards/proppyweb:backend/.envrc a database of tests": """
        export TEST_DATABASE_URL=postgres://steward@127.0.0.1:5438/house?sslmode=disable ~~> hardcoded-url
    """,
    "aroundu403/AroundU:backend/.envrc a password without export": """
        DB_USER='steward' ~~> hardcoded-username
        DB_PASS='gR4nESc0ss3brunnh1' ~~> hardcoded-credential
    """,
}

MISSES = {
    "transcom/mymove:.envrc paths of commands": """
        PATH_add ./bin
        PATH_add ./scripts
    """,
    "transcom/mymove:.envrc an alias of a key": """
        export CHAMBER_KMS_KEY_ALIAS='alias/aws/ssm'
    """,
    "transcom/mymove:.envrc another variable": """
        export PGPASSWORD=$DB_PASSWORD
    """,
    "transcom/mymove:.envrc ports of our own server": """
        export GIN_PORT=9001
        export NO_TLS_PORT=8080
    """,
    "transcom/mymove:.envrc an empty address": """
        export GEX_URL=""
    """,
    "transcom/mymove:.envrc an address of everybody": """
        export EIA_URL="https://api.eia.gov/v2/seriesid/PET.EMD_EPD2D_PTE_NUS_DPG.W"
    """,
    "transcom/mymove:.envrc files": """
        export MIGRATION_PATH="file://${MYMOVE_DIR}/migrations/app/schema"
    """,
    "transcom/mymove:.envrc the name of a keychain": """
        export AWS_VAULT_KEYCHAIN_NAME=login
    """,
    "transcom/mymove:.envrc flags": """
        export FEATURE_FLAG_MOVE_LOCK=false
        export CHAMBER_USE_PATHS=1
    """,
    "transcom/mymove:.envrc a mode": """
        export DB_SSL_MODE=disable
        export DB_RETRY_INTERVAL=5s
    """,
    "transcom/mymove:.envrc what is required": """
        require DB_PASSWORD "See 1Password"
        log_error "Set the above variables in .envrc.local and try again."
    """,
    "0xdsqr/infrastructure:.envrc what another file holds": """
        watch_file .envrc.local
        set -a
        source .envrc.local
        set +a
    """,
    "actix/examples:.envrc only a flake": """
        use flake
    """,
    "0xTunay/Domus:.envrc another script": """
        source ~/esp-idf-v5.5.2/export.sh
        idf.py set-target esp32
    """,
    "0x63616c/tidepool:.envrc from the keychain": """
        SOPS_AGE_KEY="$(security find-generic-password -s "$keychain_svc" -w 2>/dev/null)"
    """,
    "0x63616c/tidepool:.envrc from 1Password": """
        age_key="$(op read 'op://tidepool/age-breakglass/credential' | grep '^AGE-SECRET-KEY-')"
    """,
    "0x63616c/tidepool:.envrc a path": """
        export KUBECONFIG="$HOME/.kube/tidepool.yaml:${KUBECONFIG:-$HOME/.kube/config}"
    """,
    "02beta/multitenant-saas-starter:.envrc a message": """
        echo "Detected local environment"
        source .env.development.local
    """,
    "0nlineTek-Web-XLS/The-backend-of-What-to-Eat-Today:.envrc a text that names keys": """
        echo "Please fill in the minio_env.sh file with the correct values"
    """,
    "CMSgov/easi-app:.envrc an address with a hole": """
        export TAILSCALE_MINIO_ADDRESS="http://${TAILSCALE_HOSTNAME}:9001"
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    ".envrc Proxmox": """
        export PROXMOX_VE_ENDPOINT="https://192.168.1.10:8006/" ~~> hardcoded-url
        export PROXMOX_VE_PASSWORD="Kr1emhilds-rache" ~~> hardcoded-credential
    """,
    ".envrc a host and a port of a service": """
        export GOTENBERG_HOST=localhost ~~> hardcoded-host
        export GOTENBERG_PORT=2000 ~~> hardcoded-port
    """,
    ".envrc a database": """
        export DATABASE_URL=postgres://app:Drachenf3ls@localhost/mydb ~~> hardcoded-credential
    """,
    ".envrc set, then exported": """
        DATABASE_URL="postgresql://capstone@10.140.0.2:5432/capstone" ~~> hardcoded-url
        export DATABASE_URL
    """,
    ".envrc an address": """
        use flake
        export SERVICE_URL="http://127.0.0.1:8000" ~~> hardcoded-url
    """,
    ".envrc a token": """
        export DEV_SHELL='local'
        export GITHUB_TOKEN="f81c03e97d52ba46e0a9" ~~> hardcoded-credential
    """,
    ".envrc names without quotes": """
        export DB_HOST=10.140.0.3 ~~> hardcoded-host
        export DB_PORT=5433 ~~> hardcoded-port
        export DB_USER=platform ~~> hardcoded-username
        export DB_PASSWORD=Lindwurm-t0d ~~> hardcoded-credential
    """,
    ".envrc a default": """
        export DB_PASSWORD=${DB_PASSWORD:-Nibelungen1ied} ~~> fallback-value
        export DB_HOST="${DB_HOST:-10.140.0.4}" ~~> fallback-value
    """,
    ".envrc set unless it is set": """
        : "${POSTGRES_PASSWORD:=Heldens4ge}" ~~> fallback-value
    """,
    ".envrc a condition": """
        if [ -z "$REDIS_URL" ]; then
          export REDIS_URL=redis://10.140.0.5:6379/0 ~~> hardcoded-url
        fi
    """,
    ".envrc an alias": """
        alias psql="PGPASSWORD=Tarnk4ppe psql -h 10.140.0.6 -U app" ~~> hardcoded-credential
    """,
    ".envrc a command": """
        PGPASSWORD=Balmung-3isen psql -h 10.140.0.7 -c 'select 1' ~~> hardcoded-credential hardcoded-host
    """,
    ".envrc in a branch": """
        else
          export ENVIRONMENT="local"
          export SUPABASE_SERVICE_KEY="sk8f21c9e07bd3a4651f" ~~> hardcoded-credential
        fi
    """,
    ".envrc MinIO": """
        export MINIO_ENDPOINT=10.140.0.8:9000 ~~> hardcoded-url
        export MINIO_SECRET_KEY=min1oDrachenblut ~~> hardcoded-credential
    """,
    ".envrc several on one line": """
        export MQTT_HOST=10.140.0.9 MQTT_PASSWORD=Siegfr1eds-tod ~~> hardcoded-host hardcoded-credential
    """,
    ".envrc with a blank in quotes": """
        export SECRET_KEY='Hort der N1belungen 7' ~~> hardcoded-credential
    """,
    ".envrc a request": """
        curl -s http://10.141.0.2:8500/v1/kv/env > .env.local ~~> hardcoded-url
        export CONSUL_HTTP_TOKEN=4f19c0e8b7d25a63 ~~> hardcoded-credential
    """,
    ".envrc variables of Terraform": """
        export TF_VAR_db_password=Etz3ls-burg ~~> hardcoded-credential
        export VAULT_ADDR=http://10.141.0.3:8200 ~~> hardcoded-url
    """,
    ".envrc a key": """
        export LINEAR_API_KEY=lin_k81f0c93e7ab2d465Qz ~~> hardcoded-credential
    """,
    ".envrc declared": """
        declare -x API_SECRET="Dietr1ch-von-bern" ~~> hardcoded-credential
    """,
    ".envrc behind a comment's line": """
        # of the staging server
        export SMTP_HOST=10.141.0.4 # mail ~~> hardcoded-host
        export SMTP_PASSWORD=Hild3brand ~~> hardcoded-credential
    """,
    ".envrc only a flake": "use flake",
    ".envrc another script": "source ~/esp-idf-v5.5.2/export.sh\nidf.py set-target esp32",
    ".envrc from other variables": """
        export DATABASE_URL="postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@${POSTGRES_HOST}:${POSTGRES_PORT}/${DB}"
    """,
    ".envrc a file": """
        export DATABASE_FILE="data/data.sqlite"
        export DATABASE_URL="sqlite://$DATABASE_FILE"
    """,
    ".envrc from the keychain": """
        SOPS_AGE_KEY="$(security find-generic-password -s "$keychain_svc" -w 2>/dev/null)"
        age_key="$(op read 'op://tidepool/age-breakglass/credential' | grep '^AGE-SECRET-KEY-')"
    """,
    ".envrc empty": """
        export PROD_DATABASE_URL=""
        export PROD_TOKEN=""
        export GITHUB_APP_ID=
    """,
    ".envrc names of profiles": """
        export AWS_PROFILE=sunrise
        export AWS_VAULT_KEYCHAIN_NAME=login
        export CHAMBER_KMS_KEY_ALIAS='alias/aws/ssm'
    """,
    ".envrc a cut of a file": """
        export DATABASE_URL=$(grep -v '^#' .env | grep '^DATABASE_URL=' | cut -d '=' -f 2-)
    """,
    ".envrc a message": """
        echo "export MINIO_ACCESS_KEY=\\nexport MINIO_SECRET_KEY=\\n" > minio_env.sh
        echo "Please fill in the minio_env.sh file with the correct values"
    """,
    ".envrc a dotenv": """
        dotenv_if_exists .env.local
        source_env_if_exists .envrc.private
    """,
    ".envrc paths": """
        PATH_add bin
        export KUBECONFIG="$HOME/.kube/tidepool.yaml:${KUBECONFIG:-$HOME/.kube/config}"
        export SSH_KEY_PATH=~/.ssh/id_ed25519
    """,
    ".envrc our own port": """
        export PORT=4000
        export WEB_PORT=4001
        export HOST=0.0.0.0
    """,
    ".envrc a comment": """
        # export DATABASE_URL=postgres://localhost/mydb
    """,
    ".envrc asked from 1Password": """
        export FIRECRAWL_API_KEY=op://dev/firecrawl/key
        export TOKEN="$(pass show shop/token)"
    """,
    ".envrc a nix": """
        if ! has nix_direnv_version || ! nix_direnv_version 3.0.5; then
          source_url "https://raw.githubusercontent.com/nix-community/nix-direnv/3.0.5/direnvrc" "sha256-RuwIS+QKFj/T9M2TFXScjBsLR6V3A17YVoEW/Q6AZ1w="
        fi
    """,
    ".envrc flags": """
        export GOFLAGS=-mod=vendor
        export RUST_BACKTRACE=1
        export TOKENIZERS_PARALLELISM=false
    """,
    ".envrc what stands for a value": """
        export OPENAI_API_KEY=your_api_key_here
        export DB_PASSWORD=<password>
    """,
    ".envrc required": """
        export DB_PASSWORD=${DB_PASSWORD:?set it in .envrc.private}
        env_vars_required DB_HOST DB_PASSWORD
    """,
    ".envrc a host of everybody": "export NPM_CONFIG_REGISTRY=https://registry.npmjs.org/",
    ".envrc a region": "export AWS_REGION=eu-central-1\nexport STAGE=dev",
    ".envrc a comment 2": """
        # Requires direnv (https://direnv.net/) and nix-direnv
        use flake
    """,
    ".envrc keys of an object store": """
        export MINIO_ACCESS_KEY='h0rtdernibelungen' ~~> hardcoded-credential
        export MINIO_SECRET_KEY='h0rtdernibelungen' ~~> hardcoded-credential
    """,
    ".envrc the machine that runs containers": """
        export MINIO_ADDRESS="http://host.docker.internal:9001" ~~> hardcoded-url
    """,
}
